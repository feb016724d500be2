"""`python -m skelp` is the command line."""

from skelp.cli import entry

if __name__ == "__main__":
    entry()
