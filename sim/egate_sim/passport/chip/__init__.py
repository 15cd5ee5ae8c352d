"""The chip of a simulated passport: bytes in, bytes out (Doc 9303-10, -11; BSI TR-03110).

A room a protocol: ``core`` takes commands in and gives responses out, ``files``, ``bac``, ``pace``,
``active_authentication``, ``chip_authentication`` and ``terminal_authentication`` answer them; ``card`` is what they
share: what the chip holds for life, and what it remembers of a session. Written from the standard alone, without a
look at the reader that it tests.
"""

from egate_sim.passport.chip.card import Access
from egate_sim.passport.chip.core import ATR, Chip
from egate_sim.passport.chip.quirks import LongRead, ParameterId, Quirks

__all__ = ["ATR", "Access", "Chip", "LongRead", "ParameterId", "Quirks"]
