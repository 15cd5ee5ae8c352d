"""How good a picture of a face is, and the one thing that would make the next one better."""
