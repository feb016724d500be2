"""The commands that skelp-languages adds to `skelp`: one file each."""
