"""A reader without a plan, as a peer: the same protocols, every file by SELECT, its header first, then piece by piece.

It does what the measured open readers have in common (docs/interoperability.md): they begin with EF.COM, select each
file, read its first bytes to learn its length, and read on from there.
"""

from egate.document import tlv
from egate.document.chip.access import open_chip
from egate.document.chip.apdu import read_binary, select_file
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.chip_auth import authenticate_chip, chip_authentication_offers
from egate.document.chip.credentials import Credentials
from egate.document.crypto.symmetric import RandomBytes
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import parse_dg14

_HEADER_BYTES = 8
_PIECE_BYTES = 223
_FILES = (Ef.COM, Ef.SOD, Ef.DG1, Ef.DG14, Ef.DG2)


def read_plainly(channel: Channel, credentials: Credentials, random_bytes: RandomBytes) -> Exchange[None]:
    """Open the chip, read what an inspection needs, and let it prove itself."""
    yield from open_chip(channel, credentials, random_bytes)
    for ef in _FILES:
        content = yield from _read(channel, ef)
        if ef is Ef.DG14:
            yield from authenticate_chip(channel, chip_authentication_offers(parse_dg14(content)), random_bytes)


def _read(channel: Channel, ef: Ef) -> Exchange[bytes]:
    yield from channel.exchange(select_file(ef.value.file_id))
    data = (yield from channel.exchange(read_binary(0, _HEADER_BYTES))).data
    _, start, length = tlv.read_header(data)
    while len(data) < start + length:
        wanted = min(_PIECE_BYTES, start + length - len(data))
        data += (yield from channel.exchange(read_binary(len(data), wanted))).data
    return data
