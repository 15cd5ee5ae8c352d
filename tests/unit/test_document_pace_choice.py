"""Which variant of PACE is taken of those that EF.CardAccess offers, and why others are not."""

from typing import Any

import pytest

from egate.document import tlv
from egate.document.chip.pace_choice import pace_offer
from egate.document.chip.steps import ReaderCapacity
from egate.document.lds.security_infos import parse_card_access

CAPACITY = ReaderCapacity()


def info(method: int, cipher: int, number: int | None = 13, version: int = 2) -> bytes:
    protocol = tlv.encode(0x06, bytes.fromhex("04007F00070202 04") + bytes([method, cipher]))
    integers = [version] if number is None else [version, number]
    return tlv.encode(0x30, protocol + b"".join(tlv.encode(0x02, bytes([value])) for value in integers))


def offer(*entries: bytes, capacity: ReaderCapacity = CAPACITY) -> Any:
    return pace_offer(parse_card_access(tlv.encode(0x31, b"".join(entries))), capacity)


GM, DH_GM, IM, DH_IM, CAM = 2, 1, 4, 3, 6


@pytest.mark.parametrize(
    ("worse", "better"),
    [
        (info(GM, 4), info(CAM, 2)),
        (info(GM, 2), info(GM, 4)),
        (info(GM, 1), info(GM, 2)),
        (info(DH_GM, 2, 0), info(GM, 2)),
        (info(GM, 2, 10), info(GM, 2, 12)),
        (info(GM, 2, 18), info(GM, 2, 13)),
        (info(DH_GM, 1, 0), info(GM, 2, 8)),
    ],
)
def test_the_better_variant_comes_first_whatever_the_order(worse: bytes, better: bytes) -> None:
    for entries in ((worse, better), (better, worse)):
        made = offer(*entries)
        (best,) = offer(better).variants
        assert [variant.ambiguous for variant in made.variants] == [True, True]
        assert made.variants[0].info == best.info


@pytest.mark.parametrize(
    ("entry", "why"),
    [
        (info(GM, 2, 3), "standardized"),
        (info(GM, 2, None), "not given"),
        (info(GM, 2, 40), "not given"),
        (info(GM, 2, 0), "another kind"),
        (info(DH_GM, 2, 13), "another kind"),
        (info(IM, 2, 10), "integrated"),
        (info(GM, 2, 13, version=1), "version 1"),
        (info(DH_GM, 2, 1), "longer"),
    ],
)
def test_what_cannot_be_taken_is_skipped_with_the_reason(entry: bytes, why: str) -> None:
    made = offer(entry, info(GM, 2))
    assert [variant.info.parameter_id for variant in made.variants] == [13]
    assert [why in skipped.why for skipped in made.skipped] == [True]
    alone = offer(entry)
    assert alone.variants == ()
    assert alone.is_made


def test_long_groups_are_for_readers_that_carry_them() -> None:
    extended = ReaderCapacity(4096, 4096)
    assert [variant.group.name for variant in offer(info(DH_GM, 2, 2), capacity=extended).variants] == ["modp2048_256"]


def test_domain_parameters_that_are_written_out_are_found_by_number_and_method() -> None:
    def parameters(method: int, group: int, number: int | None) -> bytes:
        protocol = tlv.encode(0x06, bytes.fromhex("04007F0007020204") + bytes([method]))
        standard = bytes.fromhex("06070 4007F0007010 2".replace(" ", "")) + tlv.encode(0x02, bytes([group]))
        tail = b"" if number is None else tlv.encode(0x02, bytes([number]))
        return tlv.encode(0x30, protocol + tlv.encode(0x30, standard) + tail)

    made = offer(info(GM, 2, 40), parameters(IM, 12, 40), parameters(GM, 15, 41), parameters(GM, 13, 40))
    assert [variant.group.name for variant in made.variants] == ["brainpoolp256r1"]
    assert [variant.group.name for variant in offer(info(GM, 2, None), parameters(GM, 15, None)).variants] == [
        "nist384p"
    ]


def test_a_chip_without_pace_offers_nothing() -> None:
    assert not offer().is_made


def test_a_variant_is_recorded_by_words() -> None:
    assert offer(info(CAM, 2)).variants[0].words == ("cam", "brainpoolp256r1", "aes128")


def test_no_chip_is_tried_with_a_hundred_variants() -> None:
    made = offer(*(info(GM, 2, number) for number in range(8, 19)), info(CAM, 2))
    assert len(made.variants) == 8
    assert made.variants[0].words[0] == "cam"
