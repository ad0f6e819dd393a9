"""Trains looksee's network (category, box and feature of a product photo) and exports it to ONNX."""
