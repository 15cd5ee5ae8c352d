"""Password Authenticated Connection Establishment (Doc 9303-11, 4.4), the inspection system's side.

Four rounds of GENERAL AUTHENTICATE after one MSE:Set AT: the chip's nonce, encrypted with the password; its mapping to
a new generator; a key agreement with that generator; proofs that both sides have the same keys. A wrong password shows
only in the last round, and nobody who listens can try passwords offline.
"""

from collections.abc import Container
from dataclasses import dataclass, field
from enum import StrEnum

from egate.checks import Reason
from egate.document import tlv
from egate.document.chip.apdu import (
    Response,
    Status,
    general_authenticate,
    set_authentication_template,
    status_name,
    tries_left,
)
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.credentials import Password, PasswordKind
from egate.document.chip.pace_choice import PaceVariant
from egate.document.chip.secure_messaging import SecureMessaging
from egate.document.crypto.domain_parameters import AgreementKey
from egate.document.crypto.groups import AgreementKind, Group, KeyPair
from egate.document.crypto.pseudo_random import nonce_bytes, pseudo_random_number
from egate.document.crypto.symmetric import KeyUse, RandomBytes, Suite, compare_digest, unpad
from egate.document.errors import AccessError, FormatError
from egate.document.lds.security_infos import Mapping

_DO_PROTOCOL, _DO_PASSWORD, _DO_PARAMETERS = 0x80, 0x83, 0x84
_DO_DYNAMIC = 0x7C
_DO_NONCE = 0x80
_DO_OUR_MAPPING, _DO_CHIP_MAPPING = 0x81, 0x82
_DO_OUR_KEY, _DO_CHIP_KEY = 0x83, 0x84
_DO_OUR_TOKEN, _DO_CHIP_TOKEN = 0x85, 0x86
_DO_CHIP_AUTHENTICATION = 0x8A
_DO_PUBLIC_KEY, _DO_OBJECT_ID = 0x7F49, 0x06
_DO_KEY_VALUE = {AgreementKind.DH: 0x84, AgreementKind.ECDH: 0x86}
_CAM_COUNTER = -1  # its IV is the encryption of a block of ones (9303-11, 4.4.3.5)
_LAST_TRY = 1
_MAX_NONCE_BYTES = 64  # no chip needs as many
_ANSWER_OVERHEAD_BYTES = 16  # two nested tags with their lengths
# The chip does not know these parameters or this password; it may still know others.
_NOT_SO = {Status.WRONG_DATA, Status.REFERENCE_NOT_FOUND, Status.INCORRECT_P1_P2, Status.FUNCTION_NOT_SUPPORTED}


class PaceStep(StrEnum):
    """The commands of one run, in order."""

    SELECT_PARAMETERS = "select_parameters"
    NONCE = "nonce"
    MAPPING = "mapping"
    KEY_AGREEMENT = "key_agreement"
    TOKENS = "tokens"


class PaceError(AccessError):
    """PACE failed in ``step``. ``tries_left``: how often a password may still be tried, where the chip says so.

    Reasons: ACCESS_DENIED (wrong password), ACCESS_UNSUPPORTED (the chip refuses the variant), CHIP_PROTOCOL.
    """

    def __init__(self, step: PaceStep, text: str, reason: Reason, tries: int | None = None) -> None:
        super().__init__(f"PACE, {step.value.replace('_', ' ')}: {text}", reason)
        self.step = step
        self.tries_left = tries


@dataclass(frozen=True, slots=True)
class MappingProof:
    """What chip authentication mapping leaves behind (9303-11, 4.4.3.5): it proves that the chip knows the private
    part of a static key, once that key is known to be the issuer's."""

    group: Group
    mapping_public: bytes = field(repr=False)
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class PaceResult:
    """A run that went well. ``proof``: for chip authentication mapping only.

    ``our_key`` and ``chip_key`` are Comp() of the ephemeral keys, by which Terminal Authentication names this session.
    """

    variant: PaceVariant
    password: PasswordKind
    secure: SecureMessaging = field(repr=False)
    our_key: bytes = field(repr=False)
    chip_key: bytes = field(repr=False)
    proof: MappingProof | None = None


def run_pace(
    channel: Channel, variant: PaceVariant, password: Password, random_bytes: RandomBytes
) -> Exchange[PaceResult]:
    """One run, outside of any session. The caller puts the session into the channel.

    Raises PaceError; ProtocolError where the chip breaks ISO/IEC 7816.
    """
    return (yield from _Run(channel, variant, password, random_bytes).run())


def chip_authentication_mapping_holds(proof: MappingProof, key: AgreementKey) -> bool:
    """Whether the proof was made with the private part of ``key``: CA_IC * PK_IC = PK_Map,IC.

    It proves nothing until the issuer's signature over EF.CardSecurity, which holds the key, was verified.
    """
    scalar = int.from_bytes(proof.data)
    if key.group != proof.group or not 0 < scalar < key.group.order:
        return False
    return compare_digest(key.group.multiply(scalar, key.public), proof.mapping_public)


def authentication_token(variant: PaceVariant, suite: Suite, public: bytes) -> bytes:
    """Of whoever received ``public``: a MAC over the other's key as a public key object (9303-11, 4.4.3.4)."""
    protocol = tlv.encode(_DO_OBJECT_ID, variant.protocol_id)
    value = tlv.encode(_DO_KEY_VALUE[variant.group.kind], public)
    return suite.mac(tlv.encode(_DO_PUBLIC_KEY, protocol + value))


class _Run:
    """``_group`` is the variant's own until the mapping gives it another generator."""

    def __init__(self, channel: Channel, variant: PaceVariant, password: Password, random_bytes: RandomBytes) -> None:
        self._channel = channel
        self._variant = variant
        self._password = password
        self._random_bytes = random_bytes
        self._group = variant.group
        self._step = PaceStep.SELECT_PARAMETERS

    def run(self) -> Exchange[PaceResult]:
        try:
            yield from self._select_parameters()
            nonce = yield from self._nonce()
            chip_mapping = yield from self._map(nonce)
            ours, theirs = yield from self._agree()
            suite = self._variant.cipher.suite(self._group.agree(ours.private, theirs))
            proof = yield from self._authenticate(suite, ours, theirs, chip_mapping)
        except FormatError as error:
            raise self._error(str(error), Reason.CHIP_PROTOCOL) from error
        our_key, chip_key = (self._group.compress(public) for public in (ours.public, theirs))
        return PaceResult(self._variant, self._password.kind, SecureMessaging(suite), our_key, chip_key, proof)

    def _select_parameters(self) -> Exchange[None]:
        """With the parameters' number where the chip offers several; the other way round where the chip refuses."""
        response = yield from self._set_template(self._variant.ambiguous)
        if response.status in _NOT_SO and self._variant.info.parameter_id is not None:
            response = yield from self._set_template(not self._variant.ambiguous)
        tries = tries_left(response.status)
        if tries is not None and tries <= _LAST_TRY:
            raise self._error("the chip allows only one more try", Reason.ACCESS_DENIED, tries)
        if not response.ok and tries is None:
            raise self._refusal(response, Reason.ACCESS_UNSUPPORTED)

    def _set_template(self, with_parameters: bool) -> Exchange[Response]:
        data = tlv.encode(_DO_PROTOCOL, self._variant.protocol_id)
        data += tlv.encode(_DO_PASSWORD, bytes([self._password.kind]))
        number = self._variant.info.parameter_id
        if with_parameters and number is not None:
            data += tlv.encode(_DO_PARAMETERS, number.to_bytes(max(1, (number.bit_length() + 7) // 8)))
        return (yield from self._channel.exchange(set_authentication_template(data)))

    def _nonce(self) -> Exchange[bytes]:
        self._step = PaceStep.NONCE
        answer = yield from self._general_authenticate(b"")
        cipher, encrypted = self._variant.cipher, _required(answer, _DO_NONCE)
        if len(encrypted) not in self._nonce_lengths():
            raise FormatError("the nonce has a length that does not go with mapping and cipher")
        return cipher.decrypt(cipher.derive_key(self._password.encoded, KeyUse.PASSWORD), encrypted)

    def _nonce_lengths(self) -> Container[int]:
        """Integrated mapping fixes one; else the chip chooses any number of blocks."""
        if self._variant.mapping is Mapping.IM:
            return (nonce_bytes(self._variant.cipher),)
        block = self._variant.cipher.block_bytes
        return range(block, _MAX_NONCE_BYTES + 1, block)

    def _map(self, nonce: bytes) -> Exchange[bytes]:
        """Gives the chip's mapping key, which there is none of in integrated mapping."""
        self._step = PaceStep.MAPPING
        if self._variant.mapping is Mapping.IM:
            cipher, ours = self._variant.cipher, self._random_bytes(self._variant.cipher.key_bytes)
            yield from self._general_authenticate(tlv.encode(_DO_OUR_MAPPING, ours))
            number = pseudo_random_number(cipher, nonce, ours, self._group.prime)
            self._group = self._group.map_integrated(number)
            return b""
        pair, theirs = yield from self._exchange_keys(_DO_OUR_MAPPING, _DO_CHIP_MAPPING)
        self._group = self._group.map_generically(int.from_bytes(nonce), pair.private, theirs)
        return theirs

    def _agree(self) -> Exchange[tuple[KeyPair, bytes]]:
        self._step = PaceStep.KEY_AGREEMENT
        return (yield from self._exchange_keys(_DO_OUR_KEY, _DO_CHIP_KEY))

    def _exchange_keys(self, our_tag: int, their_tag: int) -> Exchange[tuple[KeyPair, bytes]]:
        """A fresh key of ours for one of the chip's, which must not be the same."""
        ours = self._group.generate(self._random_bytes)
        longest = self._group.public_bytes + _ANSWER_OVERHEAD_BYTES
        answer = yield from self._general_authenticate(tlv.encode(our_tag, ours.public), longest)
        theirs = _required(answer, their_tag)
        if int.from_bytes(theirs) == int.from_bytes(ours.public):  # a zero byte in front makes no other key
            raise FormatError("the chip sent our own key back")
        return ours, theirs

    def _authenticate(
        self, suite: Suite, ours: KeyPair, theirs: bytes, chip_mapping: bytes
    ) -> Exchange[MappingProof | None]:
        """Our token goes first. The chip's shows that it knows the password too."""
        self._step = PaceStep.TOKENS
        token = authentication_token(self._variant, suite, theirs)
        answer = yield from self._general_authenticate(tlv.encode(_DO_OUR_TOKEN, token), is_last=True)
        expected = authentication_token(self._variant, suite, ours.public)
        if not compare_digest(_required(answer, _DO_CHIP_TOKEN), expected):
            raise self._error("the chip's proof is wrong", Reason.ACCESS_DENIED)
        if self._variant.mapping is not Mapping.CAM:
            return None
        data = unpad(suite.decrypt(_required(answer, _DO_CHIP_AUTHENTICATION), _CAM_COUNTER))
        return MappingProof(self._variant.group, chip_mapping, data)

    def _general_authenticate(
        self, content: bytes, longest_answer: int = 0, is_last: bool = False
    ) -> Exchange[dict[int, bytes]]:
        """The objects of the chip's answer by tag; unknown ones are left alone."""
        command = general_authenticate(tlv.encode(_DO_DYNAMIC, content), longest_answer, is_last)
        response = yield from self._channel.exchange(command)
        if not response.ok:
            wrong = self._step is PaceStep.TOKENS
            raise self._refusal(response, Reason.ACCESS_DENIED if wrong else Reason.CHIP_PROTOCOL)
        if not response.data:
            return {}
        return {item.tag: item.value for item in tlv.read_all(tlv.find(response.data, _DO_DYNAMIC))}

    def _refusal(self, response: Response, reason: Reason) -> PaceError:
        answered = f"the chip answered {status_name(response.status)}"
        return self._error(answered, reason, tries_left(response.status))

    def _error(self, text: str, reason: Reason, tries: int | None = None) -> PaceError:
        return PaceError(self._step, text, reason, tries)


def _required(objects: dict[int, bytes], tag: int) -> bytes:
    if tag not in objects:
        raise FormatError(f"the chip's answer lacks object {tag:X}")
    return objects[tag]
