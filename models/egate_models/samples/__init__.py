"""Labelled pictures and videos from anybody's collection: how they are listed, and how they are read."""
