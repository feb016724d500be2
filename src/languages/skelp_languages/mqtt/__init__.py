"""Sparkplug B over MQTT: the station as an edge node, its line as a device, each final coil as one message. docs/plant/sparkplug.md."""
