"""Hardware abstraction of the gate: one small file per port, with its promises, values and errors.

A *port* (``door.py``, ``chip.py``, ...) is a Protocol. A *driver* (``drivers/``, or any package that declares an
entry point in the group ``egate.drivers``) implements it. ``registry.py`` finds drivers by name, ``settings.py``
reads their configuration. Drivers translate; they decide nothing.
"""
