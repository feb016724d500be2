"""Changes the model of a line while it runs (ADR 30)."""
