"""Where results are kept: database, crops under a quota, the latest picture."""
