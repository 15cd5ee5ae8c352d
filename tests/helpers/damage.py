"""What transport, storage and ill will do to bytes, for hypothesis; and how a parser has to take it."""

from collections.abc import Callable

from hypothesis import strategies as st

from egate.checks import Reason
from egate.document.errors import DocumentError


@st.composite
def damage(draw: st.DrawFn) -> Callable[[bytes], bytes]:
    """Bytes altered, cut out or put in."""
    places = draw(st.lists(st.tuples(st.floats(0, 1), st.integers(0, 255)), min_size=1, max_size=4))
    kind = draw(st.sampled_from(["alter", "cut", "insert"]))

    def apply(raw: bytes) -> bytes:
        data = bytearray(raw)
        for place, value in places:
            at = int(place * max(len(data) - 1, 0))
            if kind == "cut":
                del data[at : at + value]
            elif kind == "alter" and data:
                data[at] = value
            else:
                data.insert(at, value)
        return bytes(data)

    return apply


def ends_cleanly(parser: Callable[[bytes], object], raw: bytes) -> bool:
    """With a value or with a coded error; anything else fails the test by itself."""
    try:
        parser(raw)
    except DocumentError as error:
        return error.reason is not Reason.OK
    return True
