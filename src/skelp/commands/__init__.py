"""The commands of `skelp`, one file for each kind. skelp.cli puts them together."""
