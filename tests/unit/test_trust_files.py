"""Trust on the gate's disk: age, serial, keys, simulation, and what each means for the lane."""

import dataclasses
import datetime as dt
from pathlib import Path

import gate_files
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from document_samples import NOW
from pki_samples import CSCA, SIGNING_KEY, certificate, key

from egate.config import Config, LaneConfig, TrustConfig, read_config
from egate.document.errors import TrustError
from egate.document.pki.bundle_builder import BundleBuilder, SourceFile
from egate.document.pki.rules import TrustRules, Unproven
from egate.faults import FAULTS
from egate.runtime.resources import Resources, load_missing, why_missing
from egate.runtime.trust_files import load_signing_key, load_verify_key
from egate_hal.errors import SettingsError

DAY = dt.timedelta(days=1)
ANCHOR = certificate("csca", key(1), "csca", key(1), CSCA)
REAL_LANE = LaneConfig("gate-1")


@pytest.fixture
def config(tmp_path: Path) -> Config:
    """A simulated lane whose bundle was made a day before NOW and is valid for a hundred days."""
    install(tmp_path)
    (tmp_path / "bundle.pub").write_bytes(public_pem(SIGNING_KEY))
    return read_config(gate_files.write(tmp_path))


def public_pem(key: Ed25519PrivateKey) -> bytes:
    form = serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(serialization.Encoding.PEM, form)


def install(
    folder: Path,
    serial: int = 1,
    *,
    made: dt.datetime = NOW - DAY,
    issuer: str = "an office",
    simulation: bool = False,
    signing_key: Ed25519PrivateKey = SIGNING_KEY,
) -> None:
    builder = BundleBuilder(made, simulation=simulation)
    builder.add_csca(SourceFile("csca.der", ANCHOR.certificate_der))
    (folder / "bundle.egt").write_bytes(builder.seal(signing_key, serial, issuer, 100 * DAY))


def faults(resources: Resources, config: Config, now: dt.datetime = NOW) -> set[str]:
    """Active faults that concern trust."""
    return {code for code, active in load_missing(resources, config, now).items() if active and "trust" in code}


def cause(config: Config, code: str = "trust.unusable", now: dt.datetime = NOW) -> str:
    return why_missing(Resources(), config, now)[code] or ""


def test_a_sound_bundle_is_used_under_the_lanes_rules(config: Config) -> None:
    rules = TrustRules(stale_crl=Unproven.UNDETERMINED)
    strict = dataclasses.replace(config, trust=dataclasses.replace(config.trust, rules=rules))
    resources = Resources()
    assert faults(resources, strict) == set()
    assert resources.trust is not None
    assert resources.trust.rules == rules


def test_the_same_file_is_not_opened_twice_and_another_counts_at_once(config: Config) -> None:
    resources = Resources()
    assert faults(resources, config) == set()
    first = resources.trust
    assert faults(resources, config) == set()
    assert resources.trust is first
    install(config.trust.bundle.parent, 2)
    assert faults(resources, config) == set()
    assert resources.trust is not None
    assert resources.trust.bundle.header.serial == 2


@pytest.mark.parametrize(
    ("days", "active"),
    [
        (0, set()),
        (14, set()),
        (15, {"trust.stale"}),
        (90, {"trust.stale"}),
        (91, {"trust.unusable"}),
        (101, {"trust.unusable"}),
    ],
)
def test_age_warns_and_then_closes(config: Config, days: int, active: set[str]) -> None:
    """Warning past 14 days and closing past 90, the defaults; made a day before NOW."""
    resources, at = Resources(), NOW + (days - 1) * DAY
    assert faults(resources, config, at) == active
    assert (resources.trust is None) == ("trust.unusable" in active)
    assert not FAULTS["trust.stale"].blocks_lane
    assert FAULTS["trust.unusable"].blocks_lane


def test_a_bundle_that_was_good_grows_too_old_while_the_lane_serves(config: Config) -> None:
    resources = Resources()
    assert faults(resources, config) == set()
    assert faults(resources, config, NOW + 91 * DAY) == {"trust.unusable"}
    assert resources.trust is None, "nothing in it is believed any more"


def test_its_maker_may_want_it_replaced_earlier(config: Config) -> None:
    trust = dataclasses.replace(config.trust, warn_age_days=180, max_age_days=365)
    patient = dataclasses.replace(config, trust=trust)
    assert faults(Resources(), patient, NOW + 48 * DAY) == set()
    assert faults(Resources(), patient, NOW + 50 * DAY) == {"trust.stale"}, "half of its hundred days"
    assert faults(Resources(), patient, NOW + 100 * DAY) == {"trust.unusable"}


def test_a_bundle_from_the_future_is_refused(config: Config) -> None:
    assert "check the gate's clock" in cause(config, now=NOW - 2 * DAY)
    assert cause(config, now=NOW - DAY - dt.timedelta(minutes=1)) == "", "clocks differ a little"


# The newest bundle is remembered


def test_an_older_bundle_does_not_come_back(config: Config) -> None:
    folder = config.trust.bundle.parent
    install(folder, 5)
    assert faults(Resources(), config) == set()
    install(folder, 4)
    after_restart = Resources()
    assert faults(after_restart, config) == {"trust.rollback"}
    assert after_restart.trust is None
    assert "serial 4, and 5 was used here before" in cause(config, "trust.rollback")
    install(folder, 6)
    assert faults(after_restart, config) == set()


def test_a_new_key_begins_a_new_count(config: Config) -> None:
    folder, renewed = config.trust.bundle.parent, Ed25519PrivateKey.generate()
    install(folder, 5)
    assert faults(Resources(), config) == set()
    install(folder, 1, signing_key=renewed)
    assert faults(Resources(), config) == {"trust.unusable"}
    config.trust.verify_key.write_bytes(public_pem(renewed))
    assert faults(Resources(), config) == set()


def test_looking_at_a_site_writes_nothing(config: Config) -> None:
    assert cause(config) == ""
    assert not config.trust.serial_file.exists()


def test_a_serial_that_cannot_be_written_down_closes_the_lane(config: Config) -> None:
    config.trust.serial_file.mkdir()
    resources = Resources()
    assert faults(resources, config) == {"trust.unusable"}
    assert resources.trust is None


@pytest.mark.parametrize("content", ["", "5", "x" * 32 + " five", "0" * 32 + " -1", "\xff"])
def test_a_damaged_memory_is_no_clean_slate(config: Config, content: str) -> None:
    config.trust.serial_file.write_text(content, "latin-1")
    assert "make sure that the newest bundle is installed" in cause(config)


def test_a_power_cut_between_leaves_no_half_serial(config: Config) -> None:
    config.trust.serial_file.with_name("serial.new").write_text("half")
    assert faults(Resources(), config) == set()
    assert config.trust.serial_file.read_text("ascii").endswith(" 1\n")


# What is not believed


def test_a_missing_or_altered_file_is_named(config: Config) -> None:
    raw = config.trust.bundle.read_bytes()
    config.trust.bundle.write_bytes(raw[:-1] + bytes([raw[-1] ^ 1]))
    assert "was altered" in cause(config)
    config.trust.bundle.unlink()
    assert "bundle.egt: cannot be read" in cause(config)


@pytest.mark.parametrize(("issuer", "simulation"), [("SIMULATION office", False), ("an office", True)])
def test_a_lane_that_serves_a_border_takes_nothing_simulated(config: Config, issuer: str, simulation: bool) -> None:
    install(config.trust.bundle.parent, issuer=issuer, simulation=simulation)
    assert cause(config) == "", "a simulated lane does"
    assert "comes from a simulator" in cause(dataclasses.replace(config, lane=REAL_LANE))


def test_a_real_bundle_serves_a_border(config: Config) -> None:
    assert cause(dataclasses.replace(config, lane=REAL_LANE)) == ""


# Keys and settings


@pytest.mark.parametrize("content", [b"", b"x" * 20_000, b"-----BEGIN PUBLIC KEY-----\n"])
def test_a_file_that_is_no_public_key(tmp_path: Path, content: bytes) -> None:
    (path := tmp_path / "k").write_bytes(content)
    with pytest.raises(TrustError, match="k: "):
        load_verify_key(path)


def test_a_signing_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.write_bytes(private_pem(SIGNING_KEY))
    for mode, refused in ((0o600, False), (0o400, False), (0o640, True), (0o604, True)):
        path.chmod(mode)
        if refused:
            with pytest.raises(TrustError, match="chmod 600"):
                load_signing_key(path)
        else:
            assert load_signing_key(path).public_key() == SIGNING_KEY.public_key()


def test_another_kind_of_key_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "key.pem"
    path.touch(0o600)
    path.write_bytes(private_pem(ec.generate_private_key(ec.SECP256R1())))
    with pytest.raises(TrustError, match="no unencrypted Ed25519 private key"):
        load_signing_key(path)


def private_pem(key: Ed25519PrivateKey | ec.EllipticCurvePrivateKey) -> bytes:
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, serialization.NoEncryption())


def test_the_warning_comes_before_the_end(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="warn before the lane closes"):
        TrustConfig(tmp_path, tmp_path, tmp_path, warn_age_days=91)
    wrong = ('serial_file = "serial"', 'serial_file = "serial"\nwarn_age_days = 91')
    with pytest.raises(SettingsError, match="trust: warn_age_days is above max_age_days"):
        read_config(gate_files.write(tmp_path, wrong))
    typo = ('serial_file = "serial"', 'serial_file = "serial"\n[trust.rules]\nstale_crl = "ignore"')
    with pytest.raises(SettingsError, match=r"trust\.rules\.stale_crl"):
        read_config(gate_files.write(tmp_path, typo))
