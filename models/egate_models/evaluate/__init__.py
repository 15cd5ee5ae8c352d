"""Measures the gate's face models on anybody's labelled collection. ``python -m egate_models.evaluate --help``."""
