"""Tests of level 2 telegrams."""
