"""Where a face is: its box, its 468 points, and its crop in a known pose."""
