"""Labelled pictures of steel: reading them, drawing crops from them, keeping held-out ones apart."""
