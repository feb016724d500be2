"""Tests of skelp_languages."""
