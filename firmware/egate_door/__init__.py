"""Application of the door controller (MicroPython): it moves the leaves, counts people and refuses what is unsafe.

Decisions are pure (``leaf_table``, ``leaf``, ``lane``, ``grants``, ``passage``: inputs and time in, outputs and
messages out); ``board`` alone touches hardware; ``main`` runs the loop. Not certified safety hardware: the lane's
emergency stop cuts motor power by itself.
"""

VERSION = "0.1.0"
