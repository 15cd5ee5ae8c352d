"""Arbitrary bytes wherever a chip can put them before it has let us in: access of some kind, or an error of ours."""

import random
from collections.abc import Callable
from dataclasses import replace
from functools import cache
from typing import Any

import pytest
from chip_script import run_exchange
from document_samples import passport
from hypothesis import given, settings
from hypothesis import strategies as st

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip.access import Access, open_chip
from egate.document.chip.channel import Channel
from egate.document.chip.credentials import Credentials
from egate.document.chip.pace_choice import pace_offer
from egate.document.chip.steps import AccessProtocol, ReaderCapacity, ReadLimits
from egate.document.crypto.domain_parameters import STANDARDIZED, agreement_key, known_group
from egate.document.errors import DocumentError
from egate.document.lds.security_infos import (
    ChipAuthenticationPublicKeyInfo,
    PaceDomainParameterInfo,
    SecurityInfos,
    parse_card_access,
    parse_security_infos,
)
from egate.document.mrz.zone import Mrz
from egate_sim.passport import master_files
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import MasterFile, PaceMapping, PaceOffer, Passport, SessionCipher, StaticKey
from egate_sim.passport.groups import group

LIMITS = ReadLimits(max_apdus=60)
MAPPINGS = {"gm": PaceMapping.GENERIC, "im": PaceMapping.INTEGRATED, "cam": PaceMapping.CHIP_AUTHENTICATION}


@cache
def document(mapping: str) -> Passport:
    kind = MAPPINGS[mapping]
    key = StaticKey(group(12), 99) if mapping == "cam" else None
    offers = (PaceOffer(kind, group(12), SessionCipher.AES_128, key),)
    files = {
        MasterFile.CARD_ACCESS: master_files.card_access(offers),
        MasterFile.CARD_SECURITY: master_files.card_security_infos(offers),
    }
    return replace(passport(), pace=offers, master_files=files)


def use(infos: SecurityInfos) -> None:
    """All that can be asked of an entry."""
    pace_offer(infos, ReaderCapacity())
    asked: list[Callable[[], object]] = [info.group for info in infos.of_kind(PaceDomainParameterInfo)]
    asked += [info.key for info in infos.of_kind(ChipAuthenticationPublicKeyInfo)]
    assert all(ends_cleanly(ask) for ask in asked)


def ends_cleanly(operation: Callable[..., object], *given_bytes: bytes) -> bool:
    """With a value or with a coded error; anything else fails the test by itself."""
    try:
        operation(*given_bytes)
    except DocumentError as error:
        return error.reason is not Reason.OK
    return True


PARSERS: dict[str, tuple[Callable[[bytes], Any], Callable[[], bytes]]] = {
    "card access": (
        lambda raw: use(parse_card_access(raw)),
        lambda: document("cam").master_files[MasterFile.CARD_ACCESS],
    ),
    "card security": (
        lambda raw: use(parse_security_infos(raw)),
        lambda: document("cam").master_files[MasterFile.CARD_SECURITY],
    ),
    "public key": (
        agreement_key,
        lambda: parse_security_infos(document("cam").master_files[MasterFile.CARD_SECURITY]).infos[0].required,
    ),
    "domain parameters": (known_group, lambda: bytes.fromhex("300C060704007F000701020201 0C".replace(" ", ""))),
}


@pytest.mark.parametrize("name", PARSERS)
@given(raw=st.binary(max_size=150))
@settings(max_examples=80, deadline=None)
def test_arbitrary_bytes_are_read_or_refused(name: str, raw: bytes) -> None:
    assert ends_cleanly(PARSERS[name][0], raw)


@pytest.mark.parametrize("name", PARSERS)
@given(data=st.data())
@settings(max_examples=120, deadline=None)
def test_damaged_bytes_are_read_or_refused(name: str, data: st.DataObject) -> None:
    parse, sample = PARSERS[name]
    raw = bytearray(sample())
    for _ in range(data.draw(st.integers(1, 3))):
        raw[data.draw(st.integers(0, len(raw) - 1))] = data.draw(st.integers(0, 255))
    assert ends_cleanly(parse, bytes(raw[: data.draw(st.integers(len(raw) // 2, len(raw)))]))


@pytest.mark.parametrize("number", STANDARDIZED)
@given(public=st.binary(max_size=140))
@settings(max_examples=15, deadline=None)
def test_arbitrary_keys_are_valid_or_refused(number: int, public: bytes) -> None:
    assert ends_cleanly(STANDARDIZED[number].validate, public)


def opened(mapping: str, respond: Callable[[bytes], bytes], chip: Chip) -> Access | DocumentError:
    channel = Channel(ReaderCapacity(), LIMITS)
    known = Credentials(Mrz.from_lines(document(mapping).mrz).mrz_information)
    try:
        access, _ = run_exchange(open_chip(channel, known, random.Random(5).randbytes), respond, chip.reset)
    except DocumentError as error:
        return error
    assert isinstance(access, Access)
    return access


objects = st.builds(
    lambda tag, value: tlv.encode(0x7C, tlv.encode(tag, value)),
    st.sampled_from([0x80, 0x82, 0x84, 0x86, 0x8A]),
    st.one_of(st.binary(max_size=70), st.builds(lambda body: b"\x04" + body, st.binary(min_size=64, max_size=64))),
)
statuses = st.sampled_from([b"\x90\0", b"\x63\0", b"\x63\xc1", b"\x67\0", b"\x6a\x80", b"\x6c\x08", b"\x62\x82"])
answers = st.one_of(st.binary(max_size=80), st.builds(lambda body, status: body + status, objects, statuses), statuses)


@pytest.mark.parametrize("mapping", MAPPINGS)
@given(script=st.dictionaries(st.integers(0, 12), answers, min_size=1, max_size=3))
@settings(max_examples=120, deadline=None)
def test_a_chip_that_answers_anything_at_some_steps_is_opened_or_refused(
    mapping: str, script: dict[int, bytes]
) -> None:
    chip = Chip(document(mapping), random.Random(3))
    count = iter(range(1000))

    def respond(command: bytes) -> bytes:
        return script.get(next(count)) or chip.process(command)

    outcome = opened(mapping, respond, chip)
    if isinstance(outcome, Access) and outcome.protocol is AccessProtocol.BAC and outcome.offer.variants:
        assert outcome.pace_error is not None


@given(stream=st.lists(answers, max_size=30))
@settings(max_examples=150, deadline=None)
def test_a_chip_that_answers_anything_at_all_never_gets_a_session(stream: list[bytes]) -> None:
    left = iter(stream)
    outcome = opened("gm", lambda _: next(left, b"\x6f\0"), Chip(document("gm"), random.Random(3)))
    assert isinstance(outcome, DocumentError) or outcome.protocol is AccessProtocol.PLAIN
