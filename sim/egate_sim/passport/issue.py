"""Issues passports: from a holder and a portrait to the data of one chip."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from egate_sim.passport import lds, master_files
from egate_sim.passport.cms import Signer
from egate_sim.passport.contents import (
    ChipAuthenticationOffer,
    MasterFile,
    PaceMapping,
    PaceOffer,
    Passport,
    StaticKey,
    TerminalTrust,
)
from egate_sim.passport.crypto import mrz_secret
from egate_sim.passport.cvca import terminal_chain
from egate_sim.passport.groups import group
from egate_sim.passport.keys import (
    ActiveAuthenticationKey,
    EcdsaKey,
    derive_ec_key,
    derive_scalar,
    derive_secret,
    generate_rsa_key,
)
from egate_sim.passport.lds import File, PersonalDetails, SodForm
from egate_sim.passport.lds.sod import USUAL_FORM
from egate_sim.passport.mrz import Holder, access_information, compose
from egate_sim.passport.profiles import ActiveAuthentication, Profile
from egate_sim.passport.registry import ISSUER, midnight
from egate_sim.passport.security_infos import (
    active_authentication_info,
    chip_authentication_infos,
    pace_info,
    security_infos,
    terminal_authentication_info,
)
from egate_sim.passport.state import State

__all__ = ["ActiveAuthentication", "Passport", "Profile", "issue", "sign_files"]

_EXTENDED_COMMAND, _EXTENDED_RESPONSE = 1024, 4096  # bytes that EF.ATR/INFO announces
_CAN_DIGITS = 6
_DIGESTS = {
    ActiveAuthentication.ECDSA: "sha256",
    ActiveAuthentication.ECDSA_SHA384: "sha384",
    ActiveAuthentication.RSA: "sha1",
    ActiveAuthentication.RSA_SHA256: "sha256",
    ActiveAuthentication.RSA_SHA512: "sha512",
}
_ECDSA = (ActiveAuthentication.ECDSA, ActiveAuthentication.ECDSA_SHA384)


def issue(state: State, holder: Holder, portrait: bytes, profile: Profile | None = None) -> Passport:
    """Personalise and sign one passport. The same arguments give the same bytes.

    Raises ValueError where ``portrait`` is neither JPEG nor JPEG 2000.
    """
    return _Personalisation(state, holder, profile or Profile()).passport(portrait)


def sign_files(
    data_groups: Mapping[File, bytes], signer: Signer, state: State, form: SodForm = USUAL_FORM
) -> dict[File, bytes]:
    """The data groups with the EF.COM and EF.SOD that belong to them."""
    sod = lds.ef_sod(data_groups, signer, midnight(state.founded), form)
    return {File.COM: lds.ef_com(data_groups, form.lds), File.SOD: sod, **data_groups}


@dataclass(frozen=True, slots=True, repr=False)
class _Personalisation:
    """One document in the making."""

    state: State
    holder: Holder
    profile: Profile

    def passport(self, portrait: bytes) -> Passport:
        profile, lines = self.profile, compose(self.profile.form, self.state.code, self.holder)
        signer = self.state.signer_of(lines[0][:2])
        key, pace = self._active_authentication_key(), self._pace_offers()
        chip_authentication = self._chip_authentication_offers()
        infos = list(self._security_infos(key, pace, chip_authentication))
        groups = {File.DG1: lds.dg1(lines), File.DG2: lds.dg2(portrait, profile.portrait), **self._details(portrait)}
        if infos:
            groups[File.DG14] = lds.dg14(security_infos(*infos))
        if key is not None:
            groups[File.DG15] = lds.dg15(key.public_key_info())
        return Passport(
            mrz=lines,
            files=sign_files(groups, signer, self.state, profile.sod_form),
            access_seed=mrz_secret(access_information(lines)) if profile.access_control else None,
            active_authentication=key,
            master_files=self._master_files(pace, signer),
            bac=profile.bac,
            pace=pace,
            can=self._card_access_number() if profile.can else None,
            chip_authentication=chip_authentication,
            terminal_authentication=self._terminal_trust() if profile.protected else None,
        )

    def _security_infos(
        self,
        key: ActiveAuthenticationKey | None,
        pace: tuple[PaceOffer, ...],
        chip_authentication: tuple[ChipAuthenticationOffer, ...],
    ) -> Iterator[bytes]:
        """Of DG14, which repeats what EF.CardAccess said unsigned (Doc 9303-11, 9.2.11)."""
        yield from {pace_info(offer) for offer in pace}
        for offer in chip_authentication:
            yield from chip_authentication_infos(offer, self.profile.parameters)
        if isinstance(key, EcdsaKey):  # only ECDSA needs an ActiveAuthenticationInfo
            yield active_authentication_info(key.algorithm)
        if self.profile.protected:
            yield terminal_authentication_info()

    def _master_files(self, pace: tuple[PaceOffer, ...], signer: Signer) -> dict[MasterFile, bytes]:
        files = {}
        if pace:
            files[MasterFile.CARD_ACCESS] = master_files.card_access(pace)
            files[MasterFile.DIR] = master_files.directory()
        if any(offer.chip_key is not None for offer in pace):
            infos = master_files.card_security_infos(pace)
            at = midnight(self.state.founded)
            files[MasterFile.CARD_SECURITY] = master_files.card_security(infos, signer, at)
        if self.profile.atr_info:
            files[MasterFile.ATR_INFO] = master_files.atr_info(_EXTENDED_COMMAND, _EXTENDED_RESPONSE)
        return files

    def _details(self, portrait: bytes) -> dict[File, bytes]:
        """The data groups that no check depends on."""
        holder, issued = self.holder, self.state.founded
        name = f"{holder.surname}<<{holder.given_names}"
        made: dict[File, Callable[[], bytes]] = {
            File.DG4: lambda: lds.dg4(self._secret("DG4")),
            File.DG7: lambda: lds.dg7(portrait),  # a picture; whose signature it is, nobody asks
            File.DG11: lambda: lds.dg11(PersonalDetails(name, holder.birth, ("Simulation",))),
            File.DG12: lambda: lds.dg12(ISSUER, issued),
            File.DG13: lambda: lds.dg13(b"\x04\x00"),
            File.DG16: lambda: lds.dg16(issued, name, "+0 000 000"),
        }
        details = {file: make() for file, make in made.items() if file in self.profile.details}
        if self.profile.protected:
            details[File.DG3] = lds.dg3(self._secret("DG3"))
        return details

    def _pace_offers(self) -> tuple[PaceOffer, ...]:
        return tuple(
            PaceOffer(
                plan.mapping,
                group(plan.parameter_id),
                plan.cipher,
                self._chip_key(plan.parameter_id) if plan.mapping is PaceMapping.CHIP_AUTHENTICATION else None,
            )
            for plan in self.profile.pace
        )

    def _chip_authentication_offers(self) -> tuple[ChipAuthenticationOffer, ...]:
        return tuple(
            ChipAuthenticationOffer(self._chip_key(plan.parameter_id, plan.key_id), plan.ciphers)
            for plan in self.profile.chip_authentication
        )

    def _chip_key(self, parameter_id: int, key_id: int | None = None) -> StaticKey:
        """The chip's key in one group: PACE-CAM and Chip Authentication share it."""
        chosen = group(parameter_id)
        purpose = f"chip key {parameter_id} {self.holder.number}"
        return StaticKey(chosen, derive_scalar(self.state.secret, purpose, chosen.order.bit_length()), key_id)

    def _terminal_trust(self) -> TerminalTrust:
        today = self.state.founded
        cvca = terminal_chain(self.state.country, self.state.secret, today).trust_point
        return TerminalTrust((cvca.certificate,), today)

    def _card_access_number(self) -> str:
        number = int.from_bytes(self._secret("CAN"), "big") % 10**_CAN_DIGITS
        return f"{number:0{_CAN_DIGITS}d}"

    def _active_authentication_key(self) -> ActiveAuthenticationKey | None:
        kind = self.profile.active_authentication
        if kind is ActiveAuthentication.NONE:
            return None
        purpose = f"Active Authentication {self.holder.number}"
        if kind in _ECDSA:
            return EcdsaKey(derive_ec_key(self.state.secret, purpose, self.state.country.chip_curve), _DIGESTS[kind])
        return generate_rsa_key(self.state.secret, purpose, digest=_DIGESTS[kind])

    def _secret(self, purpose: str) -> bytes:
        return derive_secret(self.state.secret, f"{purpose} {self.holder.number}", 16)
