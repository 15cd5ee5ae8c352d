"""Lists that states sign, as the reader decodes them."""

from datetime import timedelta

import pytest
from document_samples import FOUNDED, NOW, utopia

from egate.document.errors import TrustError
from egate.document.pki.certificates import Certificate
from egate.document.pki.defect_list import DefectList, read_defect_list
from egate.document.pki.defects import DefectKind, Document
from egate.document.pki.trust import TrustStore
from egate_sim.passport import der
from egate_sim.passport.lists import (
    Deviation,
    DeviationEntry,
    KnownDefect,
    SignerNaming,
    crowd_of_cscas,
    defect_list,
    deviation_list,
)
from egate_sim.passport.registry import midnight
from egate_sim.passport.state import master_list

WHOLE_LIST = 588  # entries of the longest public list that we have seen


def certificate(encoded: bytes) -> Certificate:
    return Certificate.from_der(encoded)


def read(*entries: DeviationEntry) -> DefectList:
    anchors = [certificate(utopia().csca.certificate_der)]
    return read_defect_list(deviation_list(utopia(), entries), anchors, NOW)


def concerns(entry: DeviationEntry, *, number: str = "X1234567", days: int = 0, kind: str = "P") -> bool:
    (decoded,) = read(entry).entries
    document = Document(kind, number, midnight(FOUNDED) + timedelta(days=days))
    return decoded.concerns(certificate(utopia().signer.certificate_der), document)


@pytest.mark.parametrize("deviation", Deviation)
def test_every_deviation_is_understood(deviation: Deviation) -> None:
    (entry,) = read(DeviationEntry(deviation, utopia().signer, data_group=2)).entries
    (defect,) = entry.defects
    assert defect.kind is not DefectKind.OTHER


@pytest.mark.parametrize("naming", SignerNaming)
def test_a_signer_is_named_in_three_ways(naming: SignerNaming) -> None:
    assert concerns(DeviationEntry(Deviation.DG_HASH_WRONG, utopia().signer, naming))
    assert not concerns(DeviationEntry(Deviation.DG_HASH_WRONG, utopia().revoked_signer, naming))


def test_an_entry_means_the_documents_that_fit_it() -> None:
    month = (FOUNDED, FOUNDED + timedelta(days=30))
    entry = DeviationEntry(Deviation.CHIP, document_type="P", issued=month, numbers=("X1234567", "X1234568"))
    assert concerns(entry)
    assert not concerns(entry, number="X1234569")
    assert not concerns(entry, days=31)
    assert not concerns(entry, kind="I")


def test_a_deviation_list_is_believed_from_its_own_state_alone() -> None:
    listed = deviation_list(utopia(), [DeviationEntry(Deviation.CHIP)])
    with pytest.raises(TrustError):
        read_defect_list(listed, [certificate(utopia().signer.certificate_der)], NOW)


@pytest.mark.parametrize("defect", KnownDefect)
def test_a_defect_list_is_believed_from_its_pinned_signer(defect: KnownDefect) -> None:
    parameters = der.enumerated(3) if defect is KnownDefect.CERTIFICATE_REVOKED else b""
    listed = defect_list(utopia(), [(utopia().signer, defect, parameters)])
    pinned = [certificate(utopia().master_list_signer.certificate_der)]
    (entry,) = read_defect_list(listed, pinned, NOW).entries
    (decoded,) = entry.defects
    assert decoded.kind is not DefectKind.OTHER
    assert entry.concerns(certificate(utopia().signer.certificate_der), Document("P", "X1234567", None))


def test_a_list_may_be_as_long_as_the_world_has_authorities() -> None:
    crowd = crowd_of_cscas(utopia(), WHOLE_LIST - 1)
    listed = master_list(utopia(), [utopia()], crowd)
    store = TrustStore.from_master_list(listed, [utopia().csca.certificate_der], NOW)
    assert (len(store.cscas), store.skipped) == (WHOLE_LIST, 0)
    assert len({csca.subject for csca in store.cscas}) == WHOLE_LIST
    assert all(csca.is_signed_by(csca) for csca in store.cscas[::97])


def test_an_entry_shows_no_number() -> None:
    assert "X1234567" not in repr(DeviationEntry(Deviation.CHIP, numbers=("X1234567",)))
