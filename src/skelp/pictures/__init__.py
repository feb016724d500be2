"""Pictures on disk: which files of a folder are pictures, in which order, and what their pixels are.

The line, training, calibration and labels read pictures through this package, so the same file gives the same pixels everywhere.
"""
