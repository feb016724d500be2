"""From a trained network to the model file on the line: export, thresholds, int8, adaptation, promotion."""
