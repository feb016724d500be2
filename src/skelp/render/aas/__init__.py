"""Renders a coil as an Asset Administration Shell (metamodel 3.0): JSON, and the package AASX. Standard library only."""
