"""Millisecond counters that wrap, as MicroPython's ``time.ticks_ms`` does at 2**30."""

MASK = 0x3FFFFFFF


def elapsed_ms(since_ms: int, now_ms: int) -> int:
    """How long ago ``since_ms`` was, right across a wrap as long as it is less than 12 days ago."""
    return (now_ms - since_ms) & MASK
