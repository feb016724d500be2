"""The workbench: from labelled strips to a model file. Run from a checkout; skelp itself never imports it."""
