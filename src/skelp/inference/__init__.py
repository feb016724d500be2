"""Runs a network: pixels to class and score maps. Only this package and training import ONNX Runtime."""
