"""Whom to believe: certificates, lists, Passive Authentication (Doc 9303-11, 5.1 and 9303-12)."""
