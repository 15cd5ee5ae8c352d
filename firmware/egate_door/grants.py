"""Single-use permissions to open a leaf."""

from egate_door.limits import GRANT_VALID_MS_MAX, GRANT_VALID_MS_MIN, TOKENS_REMEMBERED
from egate_doorlink import table
from egate_doorlink.ticks import elapsed_ms


class Grant:
    """The one running grant of a leaf; token 0 means none."""

    def __init__(self) -> None:
        self.token = 0
        self.direction = table.FORWARD
        self.valid_ms = 0
        self.was_open = False  # the leaf has been fully open
        self._since_ms = 0

    def begin(self, token: int, direction: int, valid_ms: int, now_ms: int) -> None:
        self.token = token
        self.direction = direction
        self.valid_ms = valid_ms
        self.was_open = False
        self._since_ms = now_ms

    def end(self) -> None:
        self.token = 0

    def expired(self, now_ms: int) -> bool:
        return self.token != 0 and elapsed_ms(self._since_ms, now_ms) >= self.valid_ms


class UsedTokens:
    """The last tokens, so that a replayed grant is known: a token is good once."""

    def __init__(self) -> None:
        self._seen = [0] * TOKENS_REMEMBERED
        self._at = 0

    def contains(self, token: int) -> bool:
        return token in self._seen

    def add(self, token: int) -> None:
        self._seen[self._at] = token
        self._at = (self._at + 1) % TOKENS_REMEMBERED


def check(leaf: int, direction: int, token: int, valid_ms: int) -> int:
    """OK, or what is wrong with the values of a GRANT."""
    if leaf >= len(table.LEAVES) or direction >= len(table.DIRECTIONS):
        return table.INVALID
    if token == 0 or valid_ms > GRANT_VALID_MS_MAX:
        return table.INVALID
    return table.OK if valid_ms >= GRANT_VALID_MS_MIN else table.EXPIRED
