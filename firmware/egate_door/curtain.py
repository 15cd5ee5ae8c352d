"""Follows people and things through one leaf's light curtain: BEAMS in a row along the way, from outside inwards.

Neighbouring broken beams are one *run*; a run seen again in the next pass where it was, or one beam further, is the
same *track*. A track that came in over one edge and leaves over the other has walked through; one that turns round
counts for nothing. Two tracks that meet go on as one that remembers how many it holds; one that falls apart becomes two
that came from the same side. With two beams this is the old rule outer, both, inner, none.

Limits: two persons so close that no beam is free between them count as one, of a width that is reported; hip height, so
that legs and trolleys are not seen apart.
"""

from egate_door.limits import BEAM_STUCK_LONG_MS, BEAMS, PERSON_BEAMS, STANDING_MS, WIDE_BEAMS
from egate_door.timed import Since
from egate_doorlink.ticks import elapsed_ms

TRACKS = 4
BEAMS_MAX = 30  # bits that a small whole number holds
NOWHERE, OUTER, INNER = 0, 1, -1


class Track:
    def __init__(self) -> None:
        self.live = False
        self.seen = False  # in this pass
        self.low = 0
        self.high = 0
        self._was_low = 0  # in the pass before
        self._was_high = 0
        self.side = NOWHERE  # where it came from
        self.widest = 0
        self.others = 0  # further persons that have joined it
        self.from_split = False
        self.wide_told = False
        self.still_told = False
        self.crossed_open = False  # was on both sides of the leaf's middle while the leaf was not shut
        self._still_ms = 0

    def begin(self, low: int, high: int, side: int, now_ms: int) -> None:
        self.live = True
        self.side = side
        self.widest = 0
        self.others = 0
        self.from_split = False
        self.wide_told = False
        self.still_told = False
        self.crossed_open = False
        self._still_ms = now_ms
        self.low = self.high = -1
        self.move(low, high, now_ms)
        self._was_low, self._was_high = BEAMS_MAX, -BEAMS_MAX  # in this pass it is nobody's continuation

    def turn_page(self) -> None:
        """A new pass begins."""
        self.seen = False
        self._was_low = self.low
        self._was_high = self.high

    def reaches(self, low: int, high: int) -> bool:
        """A run may be what this track was in the pass before."""
        return self._was_low <= high + 1 and low - 1 <= self._was_high

    def move(self, low: int, high: int, now_ms: int) -> None:
        self.seen = True
        if low != self.low or high != self.high:
            self._still_ms = now_ms
            self.still_told = False
        self.low = low
        self.high = high
        self.widest = max(self.widest, high - low + 1)

    def stands(self, now_ms: int) -> bool:
        return elapsed_ms(self._still_ms, now_ms) >= STANDING_MS

    def people(self) -> int:
        return self.others + 1 if self.widest >= PERSON_BEAMS else 0


class Curtain:
    """After ``step`` the attributes say what this pass has brought.

    ``inward``, ``outward``: persons that have just completed that way; ``thing``: something too narrow for a person
    has; ``through_shut``: it did so although the leaf was shut; ``wide``, ``standing``, ``left``: a track has become
    wider than a person, has stood still for STANDING_MS, or has done so after somebody else had moved on; ``stuck``: a
    beam has been broken for BEAM_STUCK_LONG_MS.
    """

    def __init__(self, beams: int = BEAMS) -> None:
        self.inward = 0
        self.outward = 0
        self.thing = False
        self.through_shut = False
        self.wide = False
        self.standing = False
        self.left = False
        self.stuck = False
        self._last = beams - 1
        self._tracks = tuple([Track() for _ in range(TRACKS)])
        self._always = 0  # beams that have not been free since the watch began
        self._blocked = Since()
        self._someone_left = False

    def step(self, broken: int, shut: bool, now_ms: int) -> None:
        """``broken``: bit n is beam n, 1 is broken."""
        self.inward = self.outward = 0
        self.thing = self.through_shut = self.wide = self.standing = self.left = False
        for track in self._tracks:
            track.turn_page()
        self._find_runs(broken, now_ms)
        for track in self._tracks:
            if track.live:
                self._judge(track, shut, now_ms)
        if not broken:
            self._someone_left = False
        self._watch_stuck(broken, now_ms)

    def people_from(self, side: int) -> int:
        """Persons that are in the curtain now and came from there."""
        found = 0
        for track in self._tracks:
            if track.live and track.side == side:
                found += track.people()
        return found

    def _find_runs(self, broken: int, now_ms: int) -> None:
        beam = 0
        while broken >> beam:
            if not broken >> beam & 1:
                beam += 1
                continue
            low = beam
            while broken >> beam & 1:
                beam += 1
            self._take_run(low, beam - 1, now_ms)

    def _take_run(self, low: int, high: int, now_ms: int) -> None:
        owner = None
        parent = None
        for track in self._tracks:
            if not track.live or not track.reaches(low, high):
                continue
            if track.seen:
                parent = track  # it already goes on elsewhere: this is a part of it
            elif owner is None:
                owner = track
            else:
                _join(owner, track)
        if owner is not None:
            owner.move(low, high, now_ms)
        elif parent is not None:
            self._split(parent, low, high, now_ms)
        else:
            self._begin(low, high, self._side(low, high), now_ms)

    def _side(self, low: int, high: int) -> int:
        if low == 0 and high < self._last:
            return OUTER
        return INNER if high == self._last and low > 0 else NOWHERE

    def _split(self, parent: Track, low: int, high: int, now_ms: int) -> None:
        child = self._begin(low, high, parent.side, now_ms)
        if child is None:
            return
        child.crossed_open = parent.crossed_open
        if parent.others:
            parent.others -= 1
            child.widest = max(child.widest, PERSON_BEAMS)
        elif child.widest > parent.high - parent.low + 1:  # the wider part is the person, the other what was carried
            child.widest = parent.widest
            parent.widest = parent.high - parent.low + 1
            parent.from_split = True
        else:
            child.from_split = True

    def _begin(self, low: int, high: int, side: int, now_ms: int) -> "Track | None":
        for track in self._tracks:
            if not track.live:
                track.begin(low, high, side, now_ms)
                return track
        return None  # more things than tracks: the next pass tries again

    def _judge(self, track: Track, shut: bool, now_ms: int) -> None:
        middle = self._last // 2
        if track.seen:
            if not shut and track.low <= middle < track.high:
                track.crossed_open = True
            self._watch_shape(track, now_ms)
            return
        track.live = False
        way = NOWHERE
        if track.side == OUTER and track.high == self._last and track.low > 0:
            way = OUTER
        elif track.side == INNER and track.low == 0 and track.high < self._last:
            way = INNER
        if way != NOWHERE:
            self._walked(track, way, shut)

    def _walked(self, track: Track, way: int, shut: bool) -> None:
        people = track.people()
        if shut and not track.crossed_open:
            self.through_shut = True
        elif not people:
            self.thing = True
        elif way == OUTER:
            self.inward += people
        else:
            self.outward += people
        self._someone_left = self._someone_left or people > 0

    def _watch_shape(self, track: Track, now_ms: int) -> None:
        if not track.wide_told and track.widest >= WIDE_BEAMS:
            track.wide_told = self.wide = True
        if not track.still_told and track.stands(now_ms):
            track.still_told = True
            if self._someone_left or track.from_split:
                self.left = True
            else:
                self.standing = True

    def _watch_stuck(self, broken: int, now_ms: int) -> None:
        still = self._always & broken
        if not still:
            self._always = broken
        else:
            self._always = still
        self.stuck = self._blocked.lasts(still != 0, BEAM_STUCK_LONG_MS, now_ms)


def _join(track: Track, other: Track) -> None:
    """Two tracks touch: the first goes on for both."""
    other.live = False
    if other.side != track.side:
        track.side = NOWHERE  # they met: who goes where cannot be told any more
    track.others += other.people()
    track.widest = max(track.widest, other.widest)
    track.crossed_open = track.crossed_open or other.crossed_open
