"""Composition root of the gate: reads the configuration, builds every part, starts the loop."""
