"""``egate trust``: what an office types, what it is told, and with which exit status."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pki_samples import write

from egate.__main__ import main
from egate.commands.trust import EXIT_INPUT, EXIT_NOT_BELIEVED, EXIT_OK
from egate_sim.passport.state import UTOPIA, found_state, master_list

STATE = found_state(UTOPIA, bytes(32), datetime.now(UTC).date())


@pytest.fixture
def office(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Path:
    """A folder with keys and sources, from which the commands run."""
    monkeypatch.chdir(tmp_path)
    write(tmp_path, "ut.ml", master_list(STATE, [STATE]))
    write(tmp_path, "ut.der", STATE.csca.certificate_der)
    write(tmp_path, "ut.crl", STATE.crl)
    assert main(["trust", "keygen", "--key", "key.pem", "--public", "bundle.pub"]) == EXIT_OK
    capsys.readouterr()
    return tmp_path


def build(*more: str) -> int:
    sources = ["--master-list", "ut.ml", "--master-list-signer", "ut.der", "--crl", "ut.crl"]
    return main(
        ["trust", "build", "--out", "b.egt", "--key", "key.pem", "--serial", "3", "--valid-days", "90", *sources, *more]
    )


def test_the_secret_is_for_its_owner_alone_and_never_overwritten(
    office: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (office / "key.pem").stat().st_mode & 0o777 == 0o600
    before = (office / "key.pem").read_bytes()
    assert main(["trust", "keygen", "--key", "key.pem", "--public", "other.pub"]) == EXIT_INPUT
    assert "key.pem: File exists" in capsys.readouterr().err
    assert (office / "key.pem").read_bytes() == before


def test_built_verified_and_shown(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert build("--issuer", "Border Guard of Utopia") == EXIT_OK
    assert "Trust bundle 3 of Border Guard of Utopia" in capsys.readouterr().out
    assert not (office / "b.egt.new").exists()
    assert main(["trust", "verify", "b.egt", "--key", "bundle.pub"]) == EXIT_OK
    out = capsys.readouterr().out
    assert "A gate with this key believes it." in out
    assert "It comes from a simulator" in out
    assert main(["trust", "show", "b.egt", "--key", "bundle.pub"]) == EXIT_OK
    shown = capsys.readouterr()
    assert shown.err == ""
    row = next(line for line in shown.out.splitlines() if line.startswith("UT"))
    assert row.split()[1:3] == ["1", "1"]
    assert "brainpoolp256r1" in row


def test_one_country_in_detail(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build()
    capsys.readouterr()
    assert main(["trust", "show", "b.egt", "--country", "ut"]) == EXIT_OK
    shown = capsys.readouterr()
    assert "the signature was not checked" in shown.err
    assert f"{STATE.csca.certificate.serial_number:x}" in shown.out
    assert "1 revoked" in shown.out
    assert main(["trust", "show", "b.egt", "--country", "aq", "--key", "bundle.pub"]) == EXIT_OK
    assert len(capsys.readouterr().out.splitlines()) == 1, "the heading alone"


def test_json_for_programs(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build()
    capsys.readouterr()
    assert main(["trust", "show", "b.egt", "--key", "bundle.pub", "--json"]) == EXIT_OK
    content = json.loads(capsys.readouterr().out)
    assert content["header"]["serial"] == 3
    assert content["counts"]["csca"] == 1
    assert [each["kind"] for each in content["certificates"]] == ["csca"]
    assert [each["revoked"] for each in content["revocation_lists"]] == [1]


def test_a_source_that_cannot_be_believed_names_itself(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(office, "ut.ml", (office / "ut.ml").read_bytes()[:-1] + b"\0")
    assert build() == EXIT_NOT_BELIEVED
    assert capsys.readouterr().err.startswith("egate: ut.ml: the master list was altered")
    assert not (office / "b.egt").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "text"),
    [
        (["--crl", "missing.crl"], EXIT_INPUT, "missing.crl: No such file or directory"),
        (["--csca", "ut.crl"], EXIT_NOT_BELIEVED, "ut.crl: a certificate is not well formed"),
        (["--master-list-signer", "ut.crl"], EXIT_NOT_BELIEVED, "ut.crl: a certificate is not well formed"),
        (["--defect-list-signer", "ut.crl"], EXIT_NOT_BELIEVED, "ut.crl: a certificate is not well formed"),
        (["--serial", "0"], EXIT_INPUT, "--serial, --valid-days and --refresh-days are 1 or more"),
        (["--refresh-days", "-1"], EXIT_INPUT, "are 1 or more"),
    ],
)
def test_what_is_wrong_is_told(
    office: Path, capsys: pytest.CaptureFixture[str], arguments: list[str], status: int, text: str
) -> None:
    assert build(*arguments) == status
    assert text in capsys.readouterr().err


def test_a_key_that_others_may_read_signs_nothing(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (office / "key.pem").chmod(0o644)
    assert build() == EXIT_NOT_BELIEVED
    assert "chmod 600 key.pem" in capsys.readouterr().err


def test_an_altered_bundle_is_not_believed(office: Path, capsys: pytest.CaptureFixture[str]) -> None:
    build()
    write(office, "b.egt", (office / "b.egt").read_bytes() + b"\0")
    assert main(["trust", "verify", "b.egt", "--key", "bundle.pub"]) == EXIT_NOT_BELIEVED
    assert "altered, or another key signed it" in capsys.readouterr().err
    assert main(["trust", "verify", "ut.der", "--key", "bundle.pub"]) == EXIT_NOT_BELIEVED
    assert main(["trust", "verify", "b.egt", "--key", "ut.der"]) == EXIT_NOT_BELIEVED
    assert main(["trust", "verify", "none", "--key", "bundle.pub"]) == EXIT_INPUT
