"""From pixels to class and score maps. Knows ONNX Runtime and nothing of coils."""
