"""EF.CardSecurity proves nothing until its signature leads to a trusted CSCA."""

import pytest
from document_samples import NOW, passport, trust, utopia
from pki_samples import CSCA, YEAR, Form, certificate, key, store_of

from egate.checks import Reason
from egate.document.errors import DocumentError, FormatError, TrustError, UnsupportedError
from egate.document.lds.security_infos import SecurityInfos
from egate.document.mrz.zone import Mrz
from egate.document.pki.card_security import SECURITY_OBJECT, verify_card_security
from egate.document.pki.trust import TrustStore
from egate_sim.passport.cms import Signer, signed_data

INFOS = bytes.fromhex("3114301206 0a04007f0007020204020202 0102 02010d".replace(" ", ""))
ANCHOR = certificate("csca", key(1), "csca", key(1), CSCA)
SIGNER = certificate("ds", key(9), "csca", key(1))


def card_security(signer: Signer = SIGNER, content: bytes = INFOS, kind: str = SECURITY_OBJECT) -> bytes:
    return signed_data(kind, content, signer, NOW)


def test_a_trusted_signature_gives_the_infos() -> None:
    infos = verify_card_security(card_security(), store_of(ANCHOR), NOW, Mrz.from_lines(passport().mrz))
    assert isinstance(infos, SecurityInfos)
    assert [info.protocol for info in infos.infos] == ["0.4.0.127.0.7.2.2.4.2.2"]


@pytest.mark.parametrize(
    ("raw", "store", "kind", "reason"),
    [
        (card_security(), TrustStore(), UnsupportedError, Reason.CSCA_UNKNOWN),
        (card_security()[:-1] + b"\0", store_of(ANCHOR), TrustError, Reason.SOD_SIGNATURE),
        (card_security(kind="2.23.136.1.1.1"), store_of(ANCHOR), FormatError, Reason.FILE_FORMAT),
        (card_security(content=b"\x31"), store_of(ANCHOR), FormatError, Reason.FILE_FORMAT),
        (b"\x30\x00", store_of(ANCHOR), FormatError, Reason.FILE_FORMAT),
        (
            card_security(certificate("ds", key(9), "csca", key(1), Form(purpose="2.23.136.1.1.3"))),
            store_of(ANCHOR),
            TrustError,
            Reason.CERT_USAGE,
        ),
        (
            card_security(certificate("ds", key(9), "csca", key(1), Form(middle=NOW - 3 * YEAR))),
            store_of(ANCHOR),
            TrustError,
            Reason.CERT_VALIDITY,
        ),
    ],
)
def test_anything_else_is_refused_with_its_reason(
    raw: bytes, store: TrustStore, kind: type[DocumentError], reason: Reason
) -> None:
    with pytest.raises(kind) as error:
        verify_card_security(raw, store, NOW)
    assert error.value.reason is reason


def test_another_states_signature_is_refused_where_the_zone_is_known() -> None:
    foreign = Form(country="AQ")
    anchor = certificate("csca", key(1), "csca", key(1), Form(ca=True, usage="key_cert_sign", country="AQ"))
    raw = card_security(certificate("ds", key(9), "csca", key(1), foreign))
    assert verify_card_security(raw, store_of(anchor), NOW).infos
    with pytest.raises(TrustError) as error:
        verify_card_security(raw, store_of(anchor), NOW, Mrz.from_lines(passport().mrz))
    assert error.value.reason is Reason.CERT_COUNTRY


def test_a_data_groups_signer_signs_it_too() -> None:
    """The simulated state's own Document Signer below its own CSCA."""
    assert verify_card_security(card_security(utopia().signer), trust(), NOW).infos
