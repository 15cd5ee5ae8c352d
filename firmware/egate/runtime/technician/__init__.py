"""The technician's page: why the gate asks of a traveller what it asks, and what each cue of attack detection says,
live, in figures alone.

Off unless the gate file asks for it, and on loopback only. It shows the capture that runs, and the last one until the
next begins or KEPT_S have passed; then it is empty. No picture, no point of a face, nothing of the comparison with the
portrait. Nothing of it is recorded.
"""

from egate.runtime.technician.server import TechnicianServer
from egate.runtime.technician.watch import Watch

__all__ = ["TechnicianServer", "Watch"]
