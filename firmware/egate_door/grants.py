"""Single-use permissions to open a leaf."""

from egate_door import leaf_table as lt
from egate_door.limits import GRANT_VALID_MS_MAX, GRANT_VALID_MS_MIN, TOKENS_REMEMBERED
from egate_doorlink import table
from egate_doorlink.ticks import elapsed_ms

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.leaf import Leaf
    from egate_door.reports import Reports


class _Grant:
    """The last grant of a leaf; token 0 means that none runs."""

    def __init__(self) -> None:
        self.token = 0
        self.direction = table.FORWARD
        self.valid_ms = 0
        self.since_ms = 0
        self.was_open = False  # the leaf has been fully open
        self.company_told = False

    def expired(self, now_ms: int) -> bool:
        return self.token != 0 and elapsed_ms(self.since_ms, now_ms) >= self.valid_ms


class Grants:
    """One grant a leaf at most, and the last tokens, so that a replayed one is known: a token is good once."""

    def __init__(self, reports: "Reports") -> None:
        self._reports = reports
        self._grants = (_Grant(), _Grant())
        self._seen = [0] * TOKENS_REMEMBERED
        self._at = 0

    def used(self, token: int) -> bool:
        return token in self._seen

    def begin(self, index: int, token: int, direction: int, valid_ms: int, now_ms: int) -> None:
        self._seen[self._at] = token
        self._at = (self._at + 1) % TOKENS_REMEMBERED
        grant = self._grants[index]
        grant.token = token
        grant.direction = direction
        grant.valid_ms = valid_ms
        grant.since_ms = now_ms
        grant.was_open = grant.company_told = False

    def runs(self, index: int) -> bool:
        return self._grants[index].token != 0

    def was_for(self, index: int, direction: int) -> bool:
        """The last grant of this leaf, running or not, was for this direction."""
        return self._grants[index].direction == direction

    def company_told(self, index: int) -> bool:
        return self._grants[index].company_told

    def tell_company(self, index: int) -> None:
        self._grants[index].company_told = True

    def take_passage(self, index: int, direction: int) -> bool:
        """Somebody has come through: True where a grant was for that, and is used up now."""
        grant = self._grants[index]
        if not grant.token or grant.direction != direction:
            return False
        grant.token = 0
        return True

    def watch(self, index: int, leaf: "Leaf", now_ms: int) -> None:
        grant = self._grants[index]
        if leaf.state == lt.OPEN:
            grant.was_open = True
        if grant.expired(now_ms):
            self.end(index)
            leaf.post(lt.CLOSE_WANTED)

    def end(self, index: int) -> None:
        """A grant that ends before its leaf was fully open let nobody through: the host is told."""
        grant = self._grants[index]
        if grant.token and not grant.was_open:
            self._reports.add(table.LAPSED, index, grant.token)
        grant.token = 0


def check(leaf: int, direction: int, token: int, valid_ms: int) -> int:
    """OK, or what is wrong with the values of a GRANT."""
    if leaf >= len(table.LEAVES) or direction >= len(table.DIRECTIONS):
        return table.INVALID
    if token == 0 or valid_ms > GRANT_VALID_MS_MAX:
        return table.INVALID
    return table.OK if valid_ms >= GRANT_VALID_MS_MIN else table.EXPIRED
