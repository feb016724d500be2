"""Level 2 telegrams of fixed length over TCP, laid out as a plant's own file says (docs/plant/level2.md)."""
