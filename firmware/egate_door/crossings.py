"""Who walks through which leaf: keeps the count of persons inside and reports what is not as it should be."""

from egate_door import leaf_table as lt
from egate_door.curtain import INNER, OUTER, Curtain
from egate_door.limits import INSIDE_MAX
from egate_doorlink import table
from egate_doorlink.table import ENTRY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from egate_door.grants import Grants
    from egate_door.leaf import Leaf
    from egate_door.reports import Reports
    from egate_door.signals import Inputs


class Crossings:
    def __init__(self, reports: "Reports", leaves: "tuple[Leaf, Leaf]", grants: "Grants") -> None:
        self.inside = 0
        self.alarming = False  # in this pass somebody has done what nobody was granted
        self._reports = reports
        self._leaves = leaves
        self._grants = grants
        self._curtains = (Curtain(), Curtain())

    def step(self, inputs: "Inputs", normal: bool, now_ms: int) -> None:
        """``normal``: grants rule; in an emergency or the safe state everybody may walk out."""
        self.alarming = False
        for index in range(2):
            curtain = self._curtains[index]
            leaf = inputs.leaves[index]
            curtain.step(leaf.curtain, leaf.shut, now_ms)
            if curtain.through_shut or curtain.stuck:
                self._leaves[index].faults |= table.BEAM_FAULT  # nobody walks through a shut leaf
            for _ in range(curtain.inward):
                self._passed(index, OUTER, normal)
            for _ in range(curtain.outward):
                self._passed(index, INNER, normal)
            self._watch_company(index, curtain, normal)
            self._report_shapes(index, curtain)

    def _passed(self, index: int, side: int, normal: bool) -> None:
        """One person has come through, from that side of the leaf."""
        change = 1 if side == OUTER else -1
        self.inside = min(max(self.inside + change, 0), INSIDE_MAX)
        direction = table.FORWARD if (side == OUTER) == (index == ENTRY) else table.BACKWARD
        self._reports.add(table.PASSED, index, direction)
        if self._grants.take_passage(index, direction):
            self._leaves[index].post(lt.CLOSE_WANTED)
        elif normal:
            self._anomaly(index, table.TAILGATING if self._grants.was_for(index, direction) else table.AGAINST)

    def _watch_company(self, index: int, curtain: Curtain, normal: bool) -> None:
        """Two persons on their way through one grant are told before the second is through."""
        if not normal or not self._grants.runs(index) or self._grants.company_told(index):
            return
        side = OUTER if self._grants.was_for(index, table.FORWARD) == (index == ENTRY) else INNER
        if curtain.people_from(side) > 1:
            self._grants.tell_company(index)
            self._anomaly(index, table.COMPANY)

    def _report_shapes(self, index: int, curtain: Curtain) -> None:
        if curtain.thing:
            self._reports.add(table.ANOMALY, index, table.THING)
        if curtain.wide:
            self._reports.add(table.ANOMALY, index, table.WIDE)
        if curtain.standing:
            self._reports.add(table.ANOMALY, index, table.STANDING)
        if curtain.left:
            self._anomaly(index, table.LEFT_BEHIND)

    def _anomaly(self, index: int, kind: int) -> None:
        self.alarming = True
        self._reports.add(table.ANOMALY, index, kind)
