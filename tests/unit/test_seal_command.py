"""``egate seal verify``: who sealed this, and would a gate believe it now?"""

import base64
import io
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import cache
from pathlib import Path
from types import SimpleNamespace

import gate_files
import pytest

from egate.__main__ import main
from egate.commands.seal import EXIT_INPUT, EXIT_NOT_BELIEVED, EXIT_OK
from egate_sim.passport import seals
from egate_sim.passport.mrz import Format, Holder, Sex, compose
from egate_sim.passport.registry import UTOPIA
from egate_sim.passport.state import State, found_state
from egate_sim.trust_office import TrustOffice

TODAY = datetime.now(UTC).date()  # the command judges by the machine's clock
SOON = TODAY + timedelta(days=90)
BIRTH, NUMBER = date(1990, 2, 3), "X1234567"


@cache
def state() -> State:
    return found_state(UTOPIA, bytes(32), TODAY)


def visa() -> bytes:
    holder = Holder("Doe", "Jane", BIRTH, Sex.FEMALE, "UTO", "V10000001", SOON)
    upper, lower = compose(Format.MRV_A, "UTO", holder)
    return seals.visa_seal(seals.seal_signer(state()), "UTO", (upper, lower), NUMBER, TODAY)


def authorisation(until: date = SOON) -> bytes:
    return seals.travel_authorisation(seals.seal_signer(state(), "NC", vds_nc=True), "UTO", NUMBER, BIRTH, until)


@pytest.fixture
def gate(tmp_path: Path) -> Path:
    """A gate file whose trust bundle knows the simulated state."""
    TrustOffice(bytes(32), state(), (state(),)).write(tmp_path, datetime.now(UTC))
    return gate_files.write(tmp_path)


@pytest.fixture
def verify(gate: Path, capsys: pytest.CaptureFixture[str]) -> Callable[..., tuple[int, str, str]]:
    def run(content: bytes, *options: str) -> tuple[int, str, str]:
        file = gate.with_name("seal")
        file.write_bytes(content)
        status = main(["seal", "verify", str(file), "--config", str(gate), *options])
        return status, *capsys.readouterr()

    return run


Verify = Callable[..., tuple[int, str, str]]


@pytest.mark.parametrize(
    "encode",
    [bytes, base64.b64encode, base64.encodebytes, lambda raw: base64.urlsafe_b64encode(raw).rstrip(b"=")],
    ids=["bytes", "base64", "lines", "base64url"],
)
@pytest.mark.parametrize("content", [visa, authorisation])
def test_a_genuine_seal_in_each_form(
    verify: Verify, content: Callable[[], bytes], encode: Callable[[bytes], bytes]
) -> None:
    status, out, err = verify(encode(content()))
    assert (status, err) == (EXIT_OK, "")
    assert out.splitlines()[1] == "issuing state  UTO"
    assert "passed         signature of the seal\n" in out
    assert "A gate believes this seal" in out


def test_kind_and_signer_are_told(verify: Verify) -> None:
    assert verify(visa())[1].splitlines()[:3] == ["kind           visa", "issuing state  UTO", "signer         UTSL 2A"]
    assert verify(authorisation())[1].splitlines()[0] == "kind           travel authorisation"


@pytest.mark.parametrize("content", [visa, authorisation])
def test_the_holder_is_shown_on_demand_alone(verify: Verify, content: Callable[[], bytes]) -> None:
    for personal in (NUMBER, "1990-02-03", "DOE", "TRAVELLER", "900203"):
        assert personal not in "".join(map(str, verify(content())))
    assert NUMBER in verify(content(), "--show-holder")[1]


def test_a_visa_shows_its_terms_with_its_holder(verify: Verify) -> None:
    out = verify(visa(), "--show-holder")[1]
    assert "zone           V<UTODOE<<JANE" in out
    assert "stay           90 days, 0 months, 0 years" in out
    assert "entries        2" in out


def test_what_is_wrong_is_told(verify: Verify) -> None:
    status, out, _ = verify(authorisation(TODAY - timedelta(days=1)))
    assert status == EXIT_NOT_BELIEVED
    assert "failed         the seal is valid now: seal_validity" in out
    status, out, _ = verify(visa()[:-1] + bytes([visa()[-1] ^ 1]))
    assert status == EXIT_NOT_BELIEVED
    assert "failed         signature of the seal: seal_signature" in out
    assert out.endswith("A gate refers whoever presents this seal.\n")


def test_a_signer_that_the_bundle_does_not_name(verify: Verify) -> None:
    other = seals.visa_seal(seals.seal_signer(state(), "QQ"), "UTO", compose_zone(), NUMBER, TODAY)
    status, out, _ = verify(other)
    assert status == EXIT_NOT_BELIEVED
    assert "undetermined   the signer's certificate is known: seal_signer_unknown" in out


def compose_zone() -> tuple[str, str]:
    upper, lower = compose(Format.MRV_A, "UTO", Holder("Doe", "J", BIRTH, Sex.FEMALE, "UTO", "V1", SOON))
    return upper, lower


@pytest.mark.parametrize("content", [b"", b"M1DOE/JANE EABC123", b"{}", b"SGVsbG8=", b"A", bytes(100_000)])
def test_other_bar_codes_are_told_from_seals(verify: Verify, content: bytes) -> None:
    status, out, err = verify(content)
    assert (status, out) == (EXIT_NOT_BELIEVED, "")
    assert err == "egate: this is no digital seal, neither as bytes nor as base64 or JSON\n"


def test_a_damaged_seal_is_explained(verify: Verify) -> None:
    status, out, err = verify(visa()[:30])
    assert (status, out) == (EXIT_NOT_BELIEVED, "")
    assert err.startswith("egate: the seal cannot be decoded")


def test_a_seal_from_a_pipe(gate: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", SimpleNamespace(buffer=io.BytesIO(visa())))
    assert main(["seal", "verify", "-", "--config", str(gate)]) == EXIT_OK
    assert "visa" in capsys.readouterr().out


def test_files_that_are_not_there(gate: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["seal", "verify", "absent", "--config", str(gate)]) == EXIT_INPUT
    assert capsys.readouterr().err == "egate: absent: No such file or directory; name another file\n"
    assert main(["seal", "verify", "-", "--config", "absent.toml"]) == EXIT_INPUT
    assert "absent.toml: cannot be read" in capsys.readouterr().err


def test_without_a_trust_bundle_nothing_is_said(verify: Verify, gate: Path) -> None:
    gate.with_name("bundle.pub").write_bytes(b"no key")
    status, out, err = verify(visa())
    assert (status, out) == (EXIT_NOT_BELIEVED, "")
    assert "is no Ed25519 public key" in err
