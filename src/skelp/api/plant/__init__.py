"""REST of a plant: all stations of one database, read only."""
