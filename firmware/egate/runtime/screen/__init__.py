"""The traveller's screen: a page served on loopback that a browser in kiosk mode shows at the lane.

It runs in a thread and on a loop of its own, always in real time: whatever it does, the lane's loop does not wait.
"""

from egate.runtime.screen.server import ScreenServer, ScreenUnavailable
from egate.runtime.screen.texts import TextsError

__all__ = ["ScreenServer", "ScreenUnavailable", "TextsError"]
