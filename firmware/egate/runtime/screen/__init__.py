"""The traveller's screen: a page served on loopback that a browser in kiosk mode shows at the lane.

Whatever it does, the lane's loop does not wait (``egate.runtime.local_pages``).
"""

from egate.runtime.screen.server import ScreenServer
from egate.runtime.screen.texts import TextsError

__all__ = ["ScreenServer", "TextsError"]
