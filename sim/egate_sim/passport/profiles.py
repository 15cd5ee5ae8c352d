"""What kinds of documents simulated states issue. The names describe generations of documents, not any real state."""

from dataclasses import dataclass
from enum import Enum, auto

from egate_sim.passport.cms import USUAL, SignatureForm
from egate_sim.passport.contents import PaceMapping, SessionCipher
from egate_sim.passport.lds import LDS_SECURITY_OBJECT, File, PortraitFormat, SodForm, Version
from egate_sim.passport.lds.sod import EARLY_CONTENT_TYPE
from egate_sim.passport.mrz import Format
from egate_sim.passport.security_infos import Parameters


class ActiveAuthentication(Enum):
    """How the chip proves that it is no copy: the signature's kind and hash. ECDSA uses SHA-256, RSA SHA-1."""

    NONE = auto()
    ECDSA = auto()
    ECDSA_SHA384 = auto()
    RSA = auto()
    RSA_SHA256 = auto()
    RSA_SHA512 = auto()


@dataclass(frozen=True, slots=True)
class PacePlan:
    """One way to run PACE. ``parameter_id``: row of Doc 9303-11, 9.5.1; 13 is brainpoolP256r1."""

    mapping: PaceMapping = PaceMapping.GENERIC
    parameter_id: int = 13
    cipher: SessionCipher = SessionCipher.AES_128


@dataclass(frozen=True, slots=True)
class ChipAuthenticationPlan:
    """One key of Chip Authentication. No cipher at all: a public key in DG14 and no more, as early chips have it."""

    parameter_id: int = 13
    ciphers: tuple[SessionCipher, ...] = (SessionCipher.AES_128,)
    key_id: int | None = None


@dataclass(frozen=True, slots=True)
class Profile:
    """What kind of document a state issues.

    ``digest`` hashes the data groups; without ``access_control`` the chip shows its files to whoever asks, as early
    ones do; ``form``: booklet or card; ``bac``: spoken beside ``pace``; ``can``: a card access number is printed;
    ``details``: data groups beside those that the protocols need; ``protected``: DG3, behind Terminal Authentication;
    ``atr_info``: EF.ATR/INFO announces extended length; ``signature``, ``content_type``, ``version``: how EF.SOD is
    written.
    """

    active_authentication: ActiveAuthentication = ActiveAuthentication.ECDSA
    access_control: bool = True
    digest: str = "sha256"
    bac: bool = True
    pace: tuple[PacePlan, ...] = ()
    can: bool = False
    chip_authentication: tuple[ChipAuthenticationPlan, ...] = ()
    parameters: Parameters = Parameters.EXPLICIT
    protected: bool = False
    details: frozenset[File] = frozenset()
    atr_info: bool = False
    version: Version = Version.LDS_1_7
    content_type: str = LDS_SECURITY_OBJECT
    signature: SignatureForm = USUAL
    portrait: PortraitFormat = PortraitFormat.ISO_19794
    form: Format = Format.TD3

    def __post_init__(self) -> None:
        if self.form in (Format.MRV_A, Format.MRV_B):
            raise ValueError("a visa has no chip")
        if self.pace and not self.access_control:
            raise ValueError("a chip with PACE has access control")
        if self.access_control and not (self.bac or self.pace):
            raise ValueError("access control needs BAC or PACE")
        if File.DG4 in self.details and not self.protected:
            raise ValueError("irises stand behind Terminal Authentication")
        if self.protected and not self.chip_authentication:
            raise ValueError("Terminal Authentication follows Chip Authentication")

    @property
    def sod_form(self) -> SodForm:
        """How EF.SOD is written."""
        return SodForm(self.digest, self.version, self.content_type, self.signature)


_NO_AA = ActiveAuthentication.NONE
_GM, _IM, _CAM = PaceMapping.GENERIC, PaceMapping.INTEGRATED, PaceMapping.CHIP_AUTHENTICATION
_TDES, _AES_128, _AES_256 = SessionCipher.TDES, SessionCipher.AES_128, SessionCipher.AES_256
_PACE_GM = PacePlan()
_ALL_DETAILS = frozenset({File.DG4, File.DG7, File.DG11, File.DG12, File.DG13, File.DG16})

PROFILES: dict[str, Profile] = {
    "2005 open": Profile(_NO_AA, access_control=False, digest="sha1", content_type=EARLY_CONTENT_TYPE),
    "2006 BAC": Profile(_NO_AA, digest="sha1"),
    "2006 BAC+AA": Profile(ActiveAuthentication.RSA, digest="sha1", signature=SignatureForm(indefinite=True)),
    "2009 EAC": Profile(
        _NO_AA, chip_authentication=(ChipAuthenticationPlan(12, ()),), protected=True, details=frozenset({File.DG11})
    ),
    "2010 EAC, DH": Profile(_NO_AA, chip_authentication=(ChipAuthenticationPlan(2, (_TDES,)),), protected=True),
    "2014 SAC": Profile(pace=(_PACE_GM,), details=frozenset({File.DG11, File.DG12})),
    "2015 PACE-IM": Profile(
        ActiveAuthentication.RSA_SHA256, pace=(PacePlan(_IM, 12),), details=frozenset({File.DG11})
    ),
    "2016 PACE, DH": Profile(pace=(PacePlan(_GM, 2, _AES_128),)),
    "2017 PACE-GM+CA": Profile(
        _NO_AA, pace=(_PACE_GM,), chip_authentication=(ChipAuthenticationPlan(),), protected=True, atr_info=True,
        digest="sha256",
    ),
    "2018 several offers": Profile(
        pace=(PacePlan(_GM, 12, _TDES), PacePlan(_GM, 16, _AES_256), PacePlan(_IM, 13)), can=True,
        parameters=Parameters.STANDARDISED,
        chip_authentication=(ChipAuthenticationPlan(13, (_AES_128,), 1), ChipAuthenticationPlan(16, (_AES_256,), 2)),
    ),
    "2020 PACE-CAM": Profile(
        _NO_AA, pace=(PacePlan(_CAM), _PACE_GM), version=Version.LDS_1_8, digest="sha384",
        details=frozenset({File.DG12}),
    ),
    "2021 identity card": Profile(
        _NO_AA, bac=False, pace=(_PACE_GM,), can=True, chip_authentication=(ChipAuthenticationPlan(),),
        form=Format.TD1,
    ),
    "2022 PACE only": Profile(
        _NO_AA, bac=False, pace=(PacePlan(_GM, 15, _AES_256),),
        chip_authentication=(ChipAuthenticationPlan(15, (_AES_256,)),),
        signature=SignatureForm(names_key=True), digest="sha512",
    ),
    "2024 everything": Profile(
        ActiveAuthentication.ECDSA_SHA384, pace=(PacePlan(_CAM), _PACE_GM), can=True,
        chip_authentication=(ChipAuthenticationPlan(),), protected=True, atr_info=True, details=_ALL_DETAILS,
        version=Version.LDS_1_8, portrait=PortraitFormat.ISO_39794,
    ),
}  # fmt: skip
