"""The whole reader plan against the simulated chip, which others wrote, and against chips and radios that misbehave."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import replace

import pytest
from document_samples import HOLDER, NOW, Trip, drive, inspect, passport, plan_for, portrait_jpeg, trust, utopia

from egate.checks import Check, Outcome, Reason
from egate.document import tlv
from egate.document.chip.steps import AccessProtocol, ReaderCapacity, ReadLimits, Stage
from egate.document.errors import ChipProtocolError, ChipRemoved, ChipTimedOut, TransportError
from egate.document.inspection.plan import CHIP_CHECKS, ChipInspection, no_chip
from egate.document.inspection.reader import inspect_chip
from egate.document.mrz.zone import Mrz
from egate_sim.passport import lds
from egate_sim.passport.chip import Chip, LongRead, Quirks
from egate_sim.passport.forgeries import FORGERIES, Workshop
from egate_sim.passport.issue import ActiveAuthentication, Passport, Profile, issue, sign_files
from egate_sim.passport.lds import File

PASSED = dict.fromkeys(CHIP_CHECKS, (Outcome.PASSED, Reason.OK))
NO_AA = Profile(ActiveAuthentication.NONE)
ACCESS_APDUS = 2 + 3  # that there is no EF.CardAccess; Basic Access Control


def ends(inspection: ChipInspection) -> dict[Check, tuple[Outcome, Reason]]:
    return {result.check: (result.outcome, result.reason) for result in inspection.checks}


def read_with(chip: Chip) -> tuple[ChipInspection, Trip]:
    """``chip`` is one of ``passport()``."""
    return drive(plan_for(passport()), chip.process, chip.reset)


# What a genuine chip yields


def test_a_genuine_chip_passes_every_check() -> None:
    inspection, trip = inspect(passport())
    assert ends(inspection) == PASSED
    assert inspection.access is AccessProtocol.BAC
    assert inspection.dg1 is not None
    assert inspection.dg1.primary_identifier == HOLDER.surname
    assert inspection.portrait is not None
    assert inspection.portrait.image == portrait_jpeg()
    assert (inspection.issuing_state, inspection.document_type) == ("UTO", "P")
    assert inspection.algorithms == ("sha256", "ecdsa_sha256", "brainpoolp256r1")
    assert (inspection.apdu_count, trip.resets) == (len(trip.commands), 0)


def test_stages_come_in_the_order_that_saves_time() -> None:
    _, trip = inspect(passport())
    expected = "access sod dg14 dg1 dg15 active_auth dg2 passive_auth"
    assert [stage.value for stage in trip.stages] == expected.split()


def test_no_round_trip_is_wasted() -> None:
    """Each file takes what its length asks for; Active Authentication one; EF.COM is not asked for."""
    inspection, trip = inspect(passport())
    files = [content for file, content in passport().files.items() if file is not File.COM]
    pieces = sum(-(-len(content) // 231) for content in files)
    assert inspection.read_length == 231
    assert len(trip.commands) == ACCESS_APDUS + pieces + 1
    assert inspection.bytes_read == sum(len(content) for content in files)


def test_a_chip_without_access_control_is_read_in_the_clear() -> None:
    inspection, _ = inspect(passport(Profile(access_control=False)))
    assert ends(inspection) == PASSED
    assert inspection.access is AccessProtocol.PLAIN
    assert inspection.read_length == 256


def test_active_authentication_by_rsa_passes() -> None:
    assert ends(inspect(passport(Profile(ActiveAuthentication.RSA)))[0]) == PASSED


def test_a_chip_that_offers_no_proof_says_so() -> None:
    result = inspect(passport(NO_AA))[0].result(Check.CHIP_AUTHENTICITY)
    assert (result.outcome, result.reason) == (Outcome.NOT_SUPPORTED, Reason.NOT_OFFERED)


def test_a_key_of_chip_authentication_without_form_fails() -> None:
    key = tlv.encode(0x06, bytes.fromhex("04007f00070202010 2".replace(" ", "")))
    infos = tlv.encode(0x31, tlv.encode(0x30, key + tlv.encode(0x30, b"")))
    groups = {**passport(NO_AA).data_groups, File.DG14: tlv.encode(0x6E, infos)}
    document = replace(passport(NO_AA), files=sign_files(groups, utopia().signer, utopia()))
    inspection, _ = inspect(document, read_to_the_end=True)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.PASSED, Reason.OK)
    assert ends(inspection)[Check.CHIP_AUTHENTICITY] == (Outcome.FAILED, Reason.CA_KEY)


# What forgers do


def test_a_proof_by_an_unproven_key_proves_nothing() -> None:
    forged = FORGERIES["self_made_csca"].forge(passport(), Workshop(utopia(), portrait_jpeg()))
    assert ends(inspect(forged)[0])[Check.CHIP_AUTHENTICITY] == (Outcome.UNDETERMINED, Reason.AA_KEY)


def test_another_key_than_the_signed_one_fails() -> None:
    other = replace(HOLDER, number="Y7654321")
    swapped = issue(utopia(), other, portrait_jpeg())
    files = {**passport().files, File.DG15: swapped.files[File.DG15]}
    document = replace(passport(), files=files, active_authentication=swapped.active_authentication)
    inspection, _ = inspect(document)
    assert ends(inspection)[Check.CHIP_AUTHENTICITY] == (Outcome.FAILED, Reason.AA_KEY)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.FAILED, Reason.DG_HASH)


@pytest.mark.parametrize("missing", [File.DG1, File.DG2, File.DG14])
def test_a_listed_file_that_the_chip_withholds_fails(missing: File) -> None:
    files = {file: content for file, content in passport().files.items() if file is not missing}
    inspection, _ = inspect(replace(passport(), files=files))
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.FAILED, Reason.DG_WITHHELD)


def test_without_a_sod_the_officer_still_sees_the_portrait() -> None:
    files = {file: content for file, content in passport().files.items() if file is not File.SOD}
    inspection, _ = inspect(replace(passport(), files=files), read_to_the_end=True)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.FAILED, Reason.FILE_MISSING)
    assert ends(inspection)[Check.CHIP_AUTHENTICITY] == (Outcome.UNDETERMINED, Reason.AA_KEY)
    assert inspection.portrait is not None


def test_a_difference_in_optional_data_alone_is_no_mismatch() -> None:
    printed = issue(utopia(), replace(HOLDER, optional="OTHER1"), portrait_jpeg()).mrz
    inspection, _ = inspect(replace(passport(), mrz=printed))
    result = inspection.result(Check.MRZ_DG1_CONSISTENCY)
    assert (result.outcome, result.details) == (Outcome.PASSED, ("optional_data", "composite"))


def test_a_mismatch_names_fields_and_never_what_they_hold() -> None:
    forged = FORGERIES["edited_print"].forge(passport(), Workshop(utopia(), portrait_jpeg()))
    inspection, _ = inspect(forged)
    assert inspection.result(Check.MRZ_DG1_CONSISTENCY).details == ("name",)
    assert not any(secret in repr(inspection) for secret in ("DOE", "JANE", "X1234567"))


# What chips in the field do


@pytest.mark.parametrize("long_read", [kind for kind in LongRead if kind is not LongRead.END_SESSION])
@pytest.mark.parametrize("max_read", [230, 224, 200, 160, 128])
def test_read_lengths_adapt(max_read: int, long_read: LongRead) -> None:
    inspection, trip = inspect(passport(), Quirks(max_read=max_read, long_read=long_read))
    assert ends(inspection) == PASSED
    assert trip.resets == 0
    if long_read is not LongRead.SHORTEN:
        assert max_read - 40 < inspection.read_length <= max_read


def test_a_length_once_found_stays() -> None:
    """One refusal to find that reading ahead is too much, and one a step of the ladder: no more for all files."""
    _, trip = inspect(passport(), Quirks(max_read=160, long_read=LongRead.REFUSE))
    pieces = sum(1 + -(-(len(c) - 8) // 160) for f, c in passport().files.items() if f is not File.DG1)
    refusals = 1 + 3
    assert len(trip.commands) <= ACCESS_APDUS + pieces + 2 + refusals + 1


class ChallengeWithoutBac(Chip):
    """Deals out challenges, but not for BAC."""

    def process(self, apdu: bytes) -> bytes:
        return bytes.fromhex("6985") if apdu[1] == 0x82 else super().process(apdu)


def test_a_chip_that_ends_its_session_is_opened_again_with_less() -> None:
    inspection, trip = inspect(passport(), Quirks(max_read=200, long_read=LongRead.END_SESSION))
    assert ends(inspection) == PASSED
    assert 0 < trip.resets <= 5
    assert inspection.read_length <= 200
    assert trip.stages.count(Stage.ACCESS) == 1 + trip.resets


def test_a_chip_without_short_identifiers_is_read_by_select() -> None:
    inspection, trip = inspect(passport(), Quirks(short_identifiers=False))
    assert ends(inspection) == PASSED
    assert sum(command[1] == 0xA4 for command in trip.commands) == 2 + 5


def test_a_chip_may_name_the_length_that_it_wants() -> None:
    inspection, _ = inspect(passport(), Quirks(max_read=100, long_read=LongRead.CORRECT))
    assert ends(inspection) == PASSED
    assert inspection.read_length == 100


def test_a_chip_that_offers_a_proof_and_refuses_it_fails() -> None:
    inspection, _ = inspect(replace(passport(), active_authentication=None))
    assert ends(inspection)[Check.CHIP_AUTHENTICITY] == (Outcome.FAILED, Reason.AA_SIGNATURE)


@pytest.mark.parametrize("kind", [Chip, ChallengeWithoutBac])
def test_a_chip_that_knows_pace_alone_is_not_supported(kind: type[Chip]) -> None:
    inspection, _ = read_with(kind(replace(passport(), bac=kind is not Chip), random.Random(1)))
    assert ends(inspection)[Check.CHIP_ACCESS] == (Outcome.NOT_SUPPORTED, Reason.ACCESS_UNSUPPORTED)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.ABORTED, Reason.NOT_DONE)


def test_the_page_of_another_passport_opens_nothing() -> None:
    other = issue(utopia(), replace(HOLDER, number="Y7654321"), portrait_jpeg())
    chip = Chip(other, random.Random(1))
    inspection, _ = drive(plan_for(passport()), chip.process, chip.reset)
    assert ends(inspection)[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.ACCESS_DENIED)


def test_another_application_is_no_passport() -> None:
    inspection, _ = drive(plan_for(passport()), lambda _: bytes.fromhex("6A82"))
    assert ends(inspection)[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.FILE_MISSING)


# What radios and attackers do


def test_a_chip_lost_at_any_command_aborts_and_never_fails() -> None:
    errors = (ChipRemoved, ChipTimedOut, ChipProtocolError)
    for nth in range(inspect(passport())[0].apdu_count):
        chip, error = Chip(passport(), random.Random(1)), errors[nth % 3]
        seen = itertools.count()

        def respond(
            apdu: bytes,
            chip: Chip = chip,
            seen: Iterator[int] = seen,
            last: int = nth,
            error: type[TransportError] = error,
        ) -> bytes:
            if next(seen) >= last:
                raise error
            return chip.process(apdu)

        inspection, trip = drive(plan_for(passport()), respond)
        assert len(trip.commands) == nth + 1
        assert {outcome for outcome, _ in ends(inspection).values()} <= {Outcome.PASSED, Outcome.ABORTED}
        assert (Outcome.ABORTED, error.reason) in ends(inspection).values()


def test_a_chip_that_does_not_come_back_after_a_reset_is_aborted() -> None:
    def lost() -> None:
        raise ChipRemoved

    chip = Chip(passport(), random.Random(1), Quirks(max_read=200, long_read=LongRead.END_SESSION))
    inspection, _ = drive(plan_for(passport()), chip.process, lost)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.ABORTED, Reason.CHIP_REMOVED)


@pytest.mark.parametrize("answer", ["9000", "61 9000", "990290009000"])
def test_an_unprotected_answer_in_a_session_fails(answer: str) -> None:
    """After access everything is protected, the proof of the chip's authenticity too."""
    total = inspect(passport())[0].apdu_count
    for nth in (ACCESS_APDUS, ACCESS_APDUS + 1, total // 2, total - 2, total - 1):
        chip = Chip(passport(), random.Random(1))
        seen = itertools.count()

        def respond(apdu: bytes, chip: Chip = chip, seen: Iterator[int] = seen, wrong: int = nth) -> bytes:
            return bytes.fromhex(answer) if next(seen) == wrong else chip.process(apdu)

        inspection, trip = drive(plan_for(passport()), respond)
        asked_for_proof = trip.stages[-2] is Stage.ACTIVE_AUTH
        check = Check.CHIP_AUTHENTICITY if asked_for_proof else Check.CHIP_ACCESS
        assert ends(inspection)[check] == (Outcome.FAILED, Reason.SECURE_MESSAGING)
        assert len(trip.commands) == nth + 1


@pytest.mark.parametrize("raw", [b"", b"\x90"])
def test_less_than_a_status_word_is_an_error_of_the_chip(raw: bytes) -> None:
    inspection, _ = drive(plan_for(passport()), lambda _: raw)
    assert ends(inspection)[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.CHIP_PROTOCOL)


def test_a_file_that_claims_to_be_endless_is_not_read() -> None:
    document = replace(passport(), files={**passport().files, File.DG2: bytes.fromhex("7584 7FFFFFFF") + bytes(500)})
    inspection, trip = inspect(document)
    assert ends(inspection)[Check.PORTRAIT] == (Outcome.FAILED, Reason.FILE_FORMAT)
    assert len(trip.commands) < 20


def test_a_file_with_another_tag_than_its_own_is_not_that_file() -> None:
    files = {**passport().files, File.DG1: b"\x62" + passport().files[File.DG1][1:]}
    inspection, _ = inspect(replace(passport(), files=files))
    assert ends(inspection)[Check.MRZ_DG1_CONSISTENCY] == (Outcome.FAILED, Reason.FILE_FORMAT)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.FAILED, Reason.DG_WITHHELD)


@pytest.mark.parametrize("limits", [ReadLimits(max_apdus=20), ReadLimits(max_total_bytes=4000)])
def test_an_inspection_is_bounded(limits: ReadLimits) -> None:
    chip = Chip(passport(), random.Random(1))
    plan = inspect_chip(
        Mrz.from_lines(passport().mrz), trust=trust(), now=NOW, random_bytes=random.Random(7).randbytes, limits=limits
    )
    inspection, trip = drive(plan, chip.process, chip.reset)
    assert ends(inspection)[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.CHIP_PROTOCOL)
    assert len(trip.commands) <= 30


@pytest.mark.parametrize(("file", "tag"), [(File.SOD, 0x77), (File.DG14, 0x6E), (File.DG15, 0x6F), (File.DG1, 0x61)])
def test_a_file_longer_than_any_issuers_is_not_read(file: File, tag: int) -> None:
    """Its content is decoded while the whole lane waits."""
    long = tlv.encode(tag, bytes(100_000))
    genuine, _ = inspect(passport())
    inspection, _ = inspect(replace(passport(), files={**passport().files, file: long}))
    assert inspection.bytes_read < genuine.bytes_read
    assert Reason.FILE_FORMAT in {result.reason for result in inspection.checks}


def test_limits_and_results_check_themselves() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        ReadLimits(max_apdus=0)
    with pytest.raises(ValueError, match="once, in order"):
        ChipInspection(())
    assert ends(no_chip())[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.CHIP_ABSENT)


# Long files and extended length, against a chip without access control


class OpenChip:
    """Serves files in the clear, wherever they begin, in as much as ``max_answer`` allows."""

    def __init__(self, files: dict[int, bytes], max_answer: int = 256, challenge: bytes | None = None) -> None:
        self.files = files
        self.max_answer = max_answer
        self.selected = b""

    def process(self, apdu: bytes) -> bytes:
        ins, p1, p2 = apdu[1:4]
        if ins == 0xA4:
            return self._select(p1, apdu[5:7])
        if ins not in (0xB0, 0xB1):
            return bytes.fromhex("6D00")
        le = int.from_bytes(apdu[5:7]) if ins == 0xB0 and len(apdu) == 7 else apdu[-1] or 256
        if ins == 0xB1:
            offset = int.from_bytes(tlv.find(apdu[5:-1], 0x54))
            return tlv.encode(0x53, self.selected[offset : offset + le - 4]) + b"\x90\x00"
        offset = p1 << 8 | p2
        if p1 & 0x80:
            fid = {0x1E: 0x011E, 0x1D: 0x011D}.get(p1 & 0x1F, 0x0100 | p1 & 0x1F)
            if fid not in self.files:
                return bytes.fromhex("6A82")
            self.selected, offset = self.files[fid], p2
        if le > self.max_answer:
            return bytes.fromhex("6700")
        data = self.selected[offset : offset + le]
        return data + (b"\x90\x00" if len(data) == le else bytes.fromhex("6282"))

    def _select(self, p1: int, file_id: bytes) -> bytes:
        if p1 == 0x04:
            return b"\x90\x00"
        found = self.files.get(int.from_bytes(file_id))
        self.selected = found or b""
        return bytes.fromhex("6A82" if found is None else "9000")


def open_files(document: Passport) -> dict[int, bytes]:
    return {int(file): content for file, content in document.files.items()}


def long_passport() -> Passport:
    """DG2 beyond 32767 bytes, where READ BINARY needs the odd instruction; bytes follow the image."""
    return issue(utopia(), HOLDER, portrait_jpeg() + bytes(40_000), NO_AA)


def test_a_file_beyond_32767_bytes_is_read_to_its_end() -> None:
    document = long_passport()
    inspection, trip = drive(plan_for(document), OpenChip(open_files(document)).process)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.PASSED, Reason.OK)
    assert any(command[1] == 0xB1 for command in trip.commands)


@pytest.mark.parametrize(("announced", "capacity"), [(4000, 2048), (1000, 65538)])
def test_extended_length_is_used_where_chip_and_reader_have_it(announced: int, capacity: int) -> None:
    number = tlv.encode(0x02, announced.to_bytes(2))
    files = open_files(passport(NO_AA)) | {0x2F01: tlv.encode(0x7F66, number + number)}
    plan = inspect_chip(
        Mrz.from_lines(passport(NO_AA).mrz),
        trust=trust(),
        now=NOW,
        random_bytes=random.Random(7).randbytes,
        capacity=ReaderCapacity(261, capacity),
    )
    inspection, trip = drive(plan, OpenChip(files, max_answer=announced).process)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.PASSED, Reason.OK)
    assert inspection.read_length == min(announced, capacity) - 2
    assert len(trip.commands) < 40


def test_extended_length_is_not_tried_unannounced() -> None:
    plan = inspect_chip(
        Mrz.from_lines(passport(NO_AA).mrz),
        trust=trust(),
        now=NOW,
        random_bytes=random.Random(7).randbytes,
        capacity=ReaderCapacity(65544, 65538),
    )
    inspection, _ = drive(plan, OpenChip(open_files(passport(NO_AA))).process)
    assert inspection.read_length == 256


def test_an_answer_in_pieces_is_put_together() -> None:
    chip = OpenChip(open_files(passport(NO_AA)))
    waiting = b""

    def respond(apdu: bytes) -> bytes:
        nonlocal waiting
        if apdu[1] == 0xC0:
            answer, waiting = waiting, b""
            return answer
        answer = chip.process(apdu)
        if len(answer) > 100:
            waiting = answer[50:]
            return answer[:50] + bytes([0x61, (len(waiting) - 2) % 256])
        return answer

    inspection, _ = drive(plan_for(passport(NO_AA)), respond)
    assert ends(inspection)[Check.PASSIVE_AUTHENTICATION] == (Outcome.PASSED, Reason.OK)


def test_an_answer_in_endless_pieces_is_given_up() -> None:
    inspection, trip = drive(plan_for(passport()), lambda _: bytes(250) + bytes.fromhex("61FF"))
    assert ends(inspection)[Check.CHIP_ACCESS] == (Outcome.FAILED, Reason.CHIP_PROTOCOL)
    assert len(trip.commands) < 300


def test_the_zone_in_the_chip_has_the_size_that_is_read_at_once() -> None:
    assert len(lds.dg1(passport().mrz)) == 93
