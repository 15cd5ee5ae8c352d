"""One door between this package and ``asn1crypto``: whatever it raises on hostile bytes becomes our FormatError."""

from collections.abc import Iterator
from contextlib import contextmanager

from egate.checks import Reason
from egate.document.errors import DocumentError, FormatError


@contextmanager
def well_formed(what: str, reason: Reason = Reason.FILE_FORMAT) -> Iterator[None]:
    """Everything that decodes ``what`` stands inside. Raises FormatError with ``reason``.

    asn1crypto names no closed set of exceptions: ValueError and TypeError mostly, but its decoders also let KeyError,
    OverflowError, RecursionError and others through. So all are caught, here and nowhere else.
    """
    try:
        yield
    except DocumentError:
        raise
    except Exception as error:
        raise FormatError(f"{what} is not well formed ({type(error).__name__})", reason) from None
