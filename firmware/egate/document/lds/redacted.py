"""What is read from a chip belongs to its holder, so nothing that is printed shows it."""


class Redacted:
    """Base of dataclasses that hold personal data: they print as their name alone. Declare them with repr=False."""

    __slots__ = ()

    def __repr__(self) -> str:
        return f"{type(self).__name__}(...)"
