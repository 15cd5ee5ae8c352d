"""Visible digital seals: signed bar codes on visas, travel authorisations and health proofs (Doc 9303-13)."""
