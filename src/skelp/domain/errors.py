"""The one exception base of the project."""


class SkelpError(Exception):
    """A known failure. Its message names the value, what was expected and what to do about it.

    The command line prints it as one line and exits with 1; anything else that escapes is a bug and exits with 3.
    """
