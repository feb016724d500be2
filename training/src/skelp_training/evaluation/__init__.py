"""How good a model file is, measured by the rule that the line uses."""
