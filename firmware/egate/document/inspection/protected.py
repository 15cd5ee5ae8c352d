"""Fingerprints and irises, where a state lets this gate near them: Terminal Authentication, then headers alone.

Off unless a lane is given certificates and a key. What is read is the beginning of DG3 and DG4, as far as the number of
templates; of a finger or an eye nothing is kept, stored or sent.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from egate.document.chip.access import Access
from egate.document.chip.apdu import read_binary_sfi
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.chip_auth import ChipAuthentication
from egate.document.chip.credentials import Credentials
from egate.document.chip.terminal_auth import (
    Binding,
    Signer,
    authenticate_terminal,
    chip_identities,
    read_trust_points,
)
from egate.document.errors import DocumentError
from egate.document.lds.biometrics import announced_templates
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import SecurityInfos, TerminalAuthenticationInfo
from egate.document.pki.cvc.chain import TerminalCertificates

_PROTECTED = (Ef.DG3, Ef.DG4)
_BEGINNING_BYTES = 24  # two headers, and the count in front of the first template


@dataclass(frozen=True, slots=True, repr=False)
class Terminal:
    """What proves to a chip that its state trusts this gate."""

    certificates: TerminalCertificates
    signer: Signer

    def __repr__(self) -> str:
        return "Terminal(...)"


@dataclass(frozen=True, slots=True)
class Session:
    """What Terminal Authentication continues: the session that Chip Authentication began."""

    access: Access
    credentials: Credentials
    run: ChipAuthentication
    infos: SecurityInfos


def read_protected(
    channel: Channel, terminal: Terminal, session: Session, data_groups: Collection[int], today: date
) -> Exchange[tuple[str, ...]]:
    """Coded words: how many templates each group has ("dg3:2"), or why it was not to be learned. Empty where the chip
    has no such group. Transport errors alone leave it: nothing else depends on this."""
    wanted = [ef for ef in _PROTECTED if ef.value.data_group in data_groups]
    if not wanted:
        return ()
    try:
        info = next(iter(session.infos.of_kind(TerminalAuthenticationInfo)), None)
        references = yield from read_trust_points(channel, info)
        chain = terminal.certificates.chain(references, today)
        binding = Binding(chip_identities(session.access, session.credentials), session.run.compressed_key)
        yield from authenticate_terminal(channel, chain.certificates, terminal.signer, binding)
        words: list[str] = []
        for ef in wanted:
            words.append((yield from _count(channel, ef)))
    except DocumentError as error:
        return (f"terminal_authentication:{error.reason}",)
    return tuple(words)


def _count(channel: Channel, ef: Ef) -> Exchange[str]:
    """One round trip. A right that the terminal does not have shows here as a refusal."""
    beginning = yield from channel.exchange(read_binary_sfi(ef.value.short_id, _BEGINNING_BYTES))
    if not beginning.data:
        return f"{ef.name.lower()}:refused"
    return f"{ef.name.lower()}:{announced_templates(beginning.data, ef)}"
