"""OPC UA for Machine Vision (OPC 40100-1): a station as a vision system, one result for each coil (docs/plant/opcua.md)."""
