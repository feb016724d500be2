"""skelp beside what others would use for the same frames, and beside the limits of the machine: python -m benchmarks.others

Each contender is a process of its own, in its own virtual environment where it needs one. This package imports nothing of theirs.
"""
