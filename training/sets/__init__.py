"""Labelled pictures of steel: where they are, what is marked on them, which belong together."""
