"""The link between lane controller and door controller: frames, message table, acknowledged delivery.

Used by both ends, so it keeps to what MicroPython has. No input or output and no clock in here; docs/door-link.md
describes the wire for whoever writes another end.
"""
