"""Trains the project's own PAD network on rendered samples: ``make train-pad``."""
