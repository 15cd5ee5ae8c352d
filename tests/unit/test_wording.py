"""Every code has its words, and a word that nobody knows says itself."""

from enum import StrEnum

import pytest

from egate.checks import Check, Outcome, Reason
from egate.document.chip.steps import AccessProtocol, Stage
from egate.document.crypto.symmetric import BlockCipher
from egate.document.inspection.authenticity import Method
from egate.document.lds.images import ImageFormat
from egate.document.lds.security_infos import Mapping
from egate.wording import load, say, say_detail


@pytest.mark.parametrize(
    ("section", "codes"),
    [("step", Check), ("outcome", Outcome), ("reason", Reason), ("stage", Stage)],
)
def test_a_section_has_just_its_codes(section: str, codes: type[StrEnum]) -> None:
    assert set(load()[section]) == {str(code) for code in codes}


@pytest.mark.parametrize("codes", [AccessProtocol, Mapping, BlockCipher, Method, ImageFormat])
def test_details_have_words(codes: type[StrEnum]) -> None:
    assert {str(code) for code in codes} <= set(load()["detail"])


@pytest.mark.parametrize(
    ("word", "said"),
    [
        ("dg14:ok", "DG14"),
        ("sod", "SOD"),
        ("dg2:dg_hash", "DG2: changed"),
        ("csca_country:cert_country", "one country throughout: cert country"),
        ("model:eu-passport-2009", "model: eu-passport-2009"),
        ("brainpoolp256r1", "brainpoolp256r1"),
    ],
)
def test_what_a_detail_says(word: str, said: str) -> None:
    assert say_detail(word) == said


def test_a_code_without_words_says_itself() -> None:
    assert say("detail", "never_heard_of") == "never heard of"
