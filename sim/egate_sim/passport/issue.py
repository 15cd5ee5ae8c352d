"""Issues passports: from a holder and a portrait to the data of one chip."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, time
from enum import Enum, auto

from egate_sim.passport import lds
from egate_sim.passport.cms import Signer
from egate_sim.passport.contents import Passport
from egate_sim.passport.crypto import mrz_secret
from egate_sim.passport.keys import ActiveAuthenticationKey, EcdsaKey, derive_ec_key, generate_rsa_key
from egate_sim.passport.lds import File
from egate_sim.passport.mrz import Holder, access_information, compose_td3
from egate_sim.passport.state import State

__all__ = ["ActiveAuthentication", "Passport", "Profile", "issue", "sign_files"]


class ActiveAuthentication(Enum):
    """How the chip proves that it is no copy."""

    NONE = auto()
    ECDSA = auto()
    RSA = auto()


@dataclass(frozen=True, slots=True)
class Profile:
    """What kind of passport a state issues. ``digest`` hashes the data groups; without ``access_control`` the chip
    shows its files to whoever asks, as early ones do."""

    active_authentication: ActiveAuthentication = ActiveAuthentication.ECDSA
    access_control: bool = True
    digest: str = "sha256"


def issue(state: State, holder: Holder, portrait_jpeg: bytes, profile: Profile | None = None) -> Passport:
    """Personalise and sign one passport. The same arguments give the same bytes.

    Raises ValueError where ``portrait_jpeg`` is no JPEG.
    """
    profile = profile or Profile()
    lines = compose_td3(state.code, holder)
    data_groups = {File.DG1: lds.dg1(lines), File.DG2: lds.dg2(portrait_jpeg)}
    key = _active_authentication_key(state, holder, profile.active_authentication)
    if isinstance(key, EcdsaKey):  # only ECDSA needs an ActiveAuthenticationInfo
        data_groups[File.DG14] = lds.dg14_active_authentication()
    if key is not None:
        data_groups[File.DG15] = lds.dg15(key.public_key_info())
    return Passport(
        mrz=lines,
        files=sign_files(data_groups, state.signer, state, profile.digest),
        access_seed=mrz_secret(access_information(lines)) if profile.access_control else None,
        active_authentication=key,
    )


def sign_files(
    data_groups: Mapping[File, bytes], signer: Signer, state: State, digest: str = "sha256"
) -> dict[File, bytes]:
    """The data groups with the EF.COM and EF.SOD that belong to them."""
    at = datetime.combine(state.founded, time.min, tzinfo=UTC)
    sod = lds.ef_sod(data_groups, signer, digest, at)
    return {File.COM: lds.ef_com(data_groups), File.SOD: sod, **data_groups}


def _active_authentication_key(
    state: State, holder: Holder, kind: ActiveAuthentication
) -> ActiveAuthenticationKey | None:
    purpose = f"Active Authentication {holder.number}"
    match kind:
        case ActiveAuthentication.ECDSA:
            return EcdsaKey(derive_ec_key(state.secret, purpose, state.country.chip_curve))
        case ActiveAuthentication.RSA:
            return generate_rsa_key(state.secret, purpose)
        case ActiveAuthentication.NONE:
            return None
