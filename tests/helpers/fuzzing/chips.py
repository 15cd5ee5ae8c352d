"""Hostile chips: a genuine simulated one whose answers are altered as the input says, and single answers."""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import cache

from document_samples import HOLDER, NOW, drive, trust, utopia

from egate.checks import Check, Outcome
from egate.document import tlv
from egate.document.chip.apdu import Response, read_binary
from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.chip.steps import ReadLimits
from egate.document.crypto.symmetric import AesSuite, TripleDesSuite
from egate.document.errors import ChipProtocolError, ChipRemoved, ChipTimedOut
from egate.document.inspection.plan import CHIP_CHECKS, ChipInspection
from egate.document.inspection.reader import inspect_chip
from egate.document.lds.face_image import parse_dg2
from egate.document.lds.files import parse_dg1
from egate.document.mrz.zone import Mrz
from egate_sim.passport.chip import Chip
from egate_sim.passport.contents import Passport
from egate_sim.passport.issue import issue
from egate_sim.passport.lds import File
from egate_sim.passport.profiles import PROFILES
from fuzzing.seeds import small_portrait

LIMITS = ReadLimits(max_file_bytes=20_000, max_total_bytes=40_000, max_apdus=150)
_GENERATIONS = ("2005 open", "2006 BAC+AA", "2014 SAC", "2017 PACE-GM+CA", "2020 PACE-CAM", "2024 everything")


class Harm(IntEnum):
    """What becomes of one answer."""

    REPLACED = 0
    OVERWRITTEN = 1  # the first byte of the payload says where
    CUT = 2
    LENGTHENED = 3
    STATUS = 4
    REMOVED = 5
    TIMED_OUT = 6
    BROKEN = 7


@dataclass(frozen=True, slots=True)
class _Edit:
    harm: Harm
    payload: bytes

    def apply(self, answer: bytes) -> bytes:
        data, payload = answer[:-2], self.payload
        match self.harm:
            case Harm.REPLACED:
                return payload
            case Harm.OVERWRITTEN:
                at = payload[0] if payload else 0
                return (data[:at] + payload[1:] + data[at + len(payload) - 1 :])[: len(data)] + answer[-2:]
            case Harm.CUT:
                return data[: len(data) - (payload[0] if payload else 1)] + answer[-2:]
            case Harm.LENGTHENED:
                return data + payload + answer[-2:]
            case Harm.STATUS:
                return data + payload[:2]
            case Harm.REMOVED:
                raise ChipRemoved
            case Harm.TIMED_OUT:
                raise ChipTimedOut
            case Harm.BROKEN:
                raise ChipProtocolError


@cache
def _document(number: int) -> Passport:
    return issue(utopia(), HOLDER, small_portrait(), PROFILES[_GENERATIONS[number % len(_GENERATIONS)]])


def inspect_hostile_chip(data: bytes) -> ChipInspection:
    """First byte: which generation of document. Then edits: number of the answer, harm, length of payload, payload.

    Whatever the chip does, the plan ends with every check, within its limits; and where Passive Authentication passed,
    what is shown is what the issuer signed.
    """
    document = _document(data[0] if data else 0)
    chip, edits, count = Chip(document, random.Random(3)), dict(_edits(data[1:])), 0

    def respond(command: bytes) -> bytes:
        nonlocal count
        count += 1
        answer = chip.process(command)
        return edits[count % 256].apply(answer) if count % 256 in edits else answer

    plan = inspect_chip(
        Mrz.from_lines(document.mrz), trust=trust(), now=NOW, random_bytes=random.Random(7).randbytes, limits=LIMITS
    )
    inspection, trip = drive(plan, respond, chip.reset)
    _check(inspection, document)
    if len(trip.commands) > LIMITS.max_apdus:
        raise AssertionError("the plan sent more APDUs than its limit")
    return inspection


def _check(inspection: ChipInspection, document: Passport) -> None:
    if tuple(result.check for result in inspection.checks) != CHIP_CHECKS:
        raise AssertionError("a check is missing")
    if inspection.result(Check.PASSIVE_AUTHENTICATION).outcome is not Outcome.PASSED:
        return
    if inspection.dg1 not in (None, parse_dg1(document.files[File.DG1])):
        raise AssertionError("a DG1 passed that nobody signed")
    if inspection.portrait not in (None, parse_dg2(document.files[File.DG2])):
        raise AssertionError("a portrait passed that nobody signed")


def _edits(data: bytes) -> Iterator[tuple[int, _Edit]]:
    at = 0
    while at + 3 <= len(data):
        number, harm, length = data[at : at + 3]
        yield number, _Edit(Harm(harm % len(Harm)), data[at + 3 : at + 3 + length])
        at += 3 + length


def edits() -> list[bytes]:
    """Each generation undisturbed, and each harm once."""
    quiet = [bytes([number]) for number in range(len(_GENERATIONS))]
    answers = (1, 2, 4, 6, 9, 14)
    harms = [bytes([0, number, harm, 3, 0x10, 0x6A, 0x82]) for number in answers for harm in Harm]
    return [*quiet, *harms]


# Single answers under secure messaging

_KEYS = bytes(range(16)), bytes(range(16, 32))
_SUITES = (TripleDesSuite, AesSuite)


def open_answer(data: bytes) -> Response:
    """First byte: suite, and whether the rest is the whole answer or objects to which the right MAC is put, so that
    what stands behind the MAC is reached."""
    mode, rest = (data[0], data[1:]) if data else (0, b"")
    suite = _SUITES[mode & 1](*_KEYS)
    session = SecureMessaging(suite)
    session.protect(read_binary(0, 8))
    if mode & 2:
        rest += tlv.encode(0x8E, suite.session_mac(rest, 2)) + b"\x90\x00"
    return session.unprotect(Response.decode(rest))


def answers() -> list[bytes]:
    found = [b"\x00\x67\x00", b"\x00\x69\x88", b"\x01\x90\x00"]
    for mode, suite in enumerate(_SUITES):
        cipher = suite(*_KEYS)
        cryptogram = cipher.encrypt(b"data\x80".ljust(16, b"\0"), 2)
        status = tlv.encode(0x99, b"\x90\x00")
        found += [
            bytes([mode | 2]) + tlv.encode(0x87, b"\x01" + cryptogram) + status,
            bytes([mode | 2]) + tlv.encode(0x85, cryptogram) + status,
            bytes([mode | 2]) + status,
        ]
    return found
