"""The commands that this package adds to `skelp` (entry points in pyproject.toml), one file each.

A command imports torch and everything heavy when it runs, so that `skelp --help` stays fast.
"""
