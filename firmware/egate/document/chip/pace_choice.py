"""Which of the variants of PACE that a chip offers to take (Doc 9303-11, 9.2.1 and 9.5)."""

from dataclasses import dataclass

from asn1crypto.core import ObjectIdentifier

from egate.document.chip.steps import ReaderCapacity
from egate.document.crypto.domain_parameters import standardized_group
from egate.document.crypto.groups import AgreementKind, Group
from egate.document.crypto.symmetric import BlockCipher
from egate.document.errors import DocumentError, UnsupportedError
from egate.document.lds.security_infos import Mapping, PaceDomainParameterInfo, PaceInfo, SecurityInfos

_VERSION = 2
_MAX_VARIANTS = 8
_LAST_STANDARDIZED = 31
_ENOUGH_BITS = 256  # beyond it a longer field only costs time
_APDU_OVERHEAD_BYTES = 20  # header, lengths, two nested tags, status word


@dataclass(frozen=True, slots=True)
class PaceVariant:
    """One way to run PACE. ``ambiguous``: the chip offers several, so it must be told which parameters are meant."""

    info: PaceInfo
    group: Group
    ambiguous: bool = False

    @property
    def mapping(self) -> Mapping:
        return self.info.mapping

    @property
    def cipher(self) -> BlockCipher:
        return self.info.cipher

    @property
    def protocol_id(self) -> bytes:
        """The value of the object identifier, without tag and length."""
        return bytes(ObjectIdentifier(self.info.protocol).contents)

    @property
    def words(self) -> tuple[str, ...]:
        """For records."""
        return self.mapping.value, self.group.name, self.cipher.value


@dataclass(frozen=True, slots=True)
class SkippedVariant:
    """One that is offered and cannot be taken, and why."""

    protocol: str
    parameter_id: int | None
    why: str


@dataclass(frozen=True, slots=True)
class PaceOffer:
    """``variants``: those that can be taken, best first."""

    variants: tuple[PaceVariant, ...] = ()
    skipped: tuple[SkippedVariant, ...] = ()

    @property
    def is_made(self) -> bool:
        """Whether the chip speaks of PACE at all."""
        return bool(self.variants or self.skipped)


def pace_offer(infos: SecurityInfos, capacity: ReaderCapacity) -> PaceOffer:
    """Sort what EF.CardAccess offers. ``capacity``: long groups do not fit into the APDUs of every reader. The best
    few are enough: a chip that refuses these shall not hold the reader up with more."""
    offered = infos.of_kind(PaceInfo)
    variants, skipped = [], []
    for info in offered:
        try:
            group = _group(info, infos)
            _check_use(info, group, capacity)
            variants.append(PaceVariant(info, group, len(offered) > 1))
        except DocumentError as error:
            skipped.append(SkippedVariant(info.protocol, info.parameter_id, str(error)))
    return PaceOffer(tuple(sorted(variants, key=_rank)[:_MAX_VARIANTS]), tuple(skipped))


def _group(info: PaceInfo, infos: SecurityInfos) -> Group:
    """Raises FormatError, UnsupportedError."""
    if info.parameter_id is not None and info.parameter_id <= _LAST_STANDARDIZED:
        return standardized_group(info.parameter_id)
    for parameters in infos.of_kind(PaceDomainParameterInfo):
        of_this_method = (parameters.kind, parameters.mapping) == (info.kind, info.mapping)
        if of_this_method and info.parameter_id in (None, parameters.parameter_id):
            return parameters.group()
    raise UnsupportedError("its domain parameters are not given")


def _check_use(info: PaceInfo, group: Group, capacity: ReaderCapacity) -> None:
    if info.version != _VERSION:
        raise UnsupportedError(f"version {info.version} of PACE is not supported")
    if group.kind is not info.kind:
        raise UnsupportedError("its domain parameters are of another kind")
    if info.mapping is Mapping.IM and not group.has_integrated_mapping:
        raise UnsupportedError("integrated mapping is not defined in its group")
    longest = group.public_bytes + _APDU_OVERHEAD_BYTES
    if longest > min(capacity.max_command_bytes, capacity.max_response_bytes):
        raise UnsupportedError("its public keys are longer than the reader can carry")


def _rank(variant: PaceVariant) -> tuple[object, ...]:
    """A proof of the chip that costs no round trip first, then strength as far as it counts, then speed."""
    return (
        variant.mapping is not Mapping.CAM,
        -list(BlockCipher).index(variant.cipher),
        variant.group.kind is AgreementKind.DH,
        -min(variant.group.size_bits, _ENOUGH_BITS),
        variant.group.size_bits,
    )
