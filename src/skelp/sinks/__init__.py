"""Stores results: records in SQL, crops and samples on disk, folders of files, and the items of the live picture."""
