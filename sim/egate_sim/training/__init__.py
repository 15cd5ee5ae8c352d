"""Samples for the project's own PAD network: rendered people and artefacts, seen through cameras of every kind."""
