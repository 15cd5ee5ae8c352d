"""The machine readable zone: its formats, and what the printed page alone tells (Doc 9303-3 to -7)."""
