"""``egate-tools door``: the door controller before a technician's eyes, and its program before it is flashed."""
