"""Simulated drivers of the hal's ports, found by configuration like any other."""
