"""Whatever lies where the alert list should be: a typed error, or a list that answers."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given, settings
from hypothesis import strategies as st

from egate.border.keys import KeyFileError, Purpose, load_key
from egate.border.offline_list import AlertListError, OfflineAlertList
from egate.border.port import Query
from egate.checks import Reason
from egate_sim.border import Entry, found_border_agency

AGENCY = found_border_agency(b"property")
ISSUED = datetime(2026, 1, 1, tzinfo=UTC)
DOCUMENTS = st.tuples(
    st.text("ABCDEFGHIJKLMNOPQRSTUVWXYZ", min_size=1, max_size=3),
    st.text("ABCXYZ0189", min_size=1, max_size=9),
    st.sampled_from(["", "P", "P<", "PD", "I"]),
)


def refused(data: bytes) -> bool:
    try:
        OfflineAlertList.parse(data, AGENCY.verify_key, AGENCY.lookup_key, ISSUED, allow_simulation=True)
    except AlertListError:
        return True
    return False


@given(st.binary(max_size=300) | st.binary(max_size=300).map(lambda tail: b"EGATEAL1" + tail))
def test_arbitrary_bytes_are_no_list(data: bytes) -> None:
    assert refused(data)


@given(st.binary(min_size=60, max_size=60), st.binary(max_size=64))
def test_arbitrary_bytes_under_a_good_signature(header: bytes, tags: bytes) -> None:
    tags = tags[: len(tags) // 16 * 16]
    body = b"EGATEAL1" + header + (len(tags) // 16).to_bytes(4, "big") + tags
    refused(body + AGENCY.signing_key.sign(body))  # nothing but AlertListError may come out


@settings(max_examples=50)
@given(st.sets(DOCUMENTS, max_size=20), DOCUMENTS)
def test_a_document_hits_exactly_if_it_is_listed(
    listed: set[tuple[str, str, str]], asked: tuple[str, str, str]
) -> None:
    data = AGENCY.compile_list((Entry(*document) for document in listed), 1, ISSUED)
    alert_list = OfflineAlertList.parse(
        data, AGENCY.verify_key, AGENCY.lookup_key, ISSUED + timedelta(hours=1), allow_simulation=True
    )
    state, number, kind = asked
    expected = any((s, n) == (state, number) and k[:1] in ("", kind[:1]) for s, n, k in listed)
    answer = alert_list.ask(Query(number, state, kind), ISSUED)
    assert answer.result.reason is (Reason.ALERT_LIST_HIT if expected else Reason.OK)


@given(st.text(max_size=20), st.text(max_size=20), st.text(max_size=20))
def test_any_text_can_be_asked_for(number: str, state: str, kind: str) -> None:
    data = AGENCY.compile_list([Entry("UTO", "L898902C")], 1, ISSUED)
    alert_list = OfflineAlertList.parse(data, AGENCY.verify_key, AGENCY.lookup_key, ISSUED, allow_simulation=True)
    assert alert_list.ask(Query(number, state, kind), ISSUED).list_version == "1"


@given(st.binary(max_size=200))
def test_arbitrary_bytes_are_no_key(data: bytes) -> None:
    with TemporaryDirectory() as folder:
        path = Path(folder) / "key"
        path.write_bytes(data)
        try:
            load_key(path, Purpose.VERIFY)
        except KeyFileError:
            return
    raise AssertionError("random bytes made a key")
