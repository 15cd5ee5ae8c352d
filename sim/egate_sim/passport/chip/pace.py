"""PACE, the chip's side (Doc 9303-11, 4.4): generic, integrated and chip authentication mapping.

    MSE:Set AT --> NONCE --> MAP --> AGREE --> TOKEN --> secure messaging

Each step is one GENERAL AUTHENTICATE; an error leads back to the beginning.
"""

import random
from dataclasses import dataclass
from enum import Enum, IntEnum

from egate_sim.passport import crypto
from egate_sim.passport.apdu import ChipError, Command, Response, Status
from egate_sim.passport.chip.card import Access, Card
from egate_sim.passport.chip.objects import (
    DYNAMIC_AUTHENTICATION_DATA,
    KEY_ID,
    KEY_REFERENCE,
    MECHANISM,
    object_identifier,
    objects_of,
)
from egate_sim.passport.chip.quirks import ParameterId
from egate_sim.passport.contents import Fault, PaceMapping, PaceOffer
from egate_sim.passport.crypto import Purpose
from egate_sim.passport.groups import DhGroup, Group, GroupError
from egate_sim.passport.mapping import generic_mapping, integrated_mapping, nonce_bytes
from egate_sim.passport.tlv import data_object

_PUBLIC_KEY, _OBJECT_IDENTIFIER = 0x7F49, 0x06
_PUBLIC_INTEGER, _PUBLIC_POINT = 0x84, 0x86
_NONCE, _CHIP_MAPPING, _CHIP_KEY, _CHIP_TOKEN, _CHIP_PROOF = 0x80, 0x82, 0x84, 0x86, 0x8A
_TRUST_POINTS = (0x87, 0x88)
_NONCE_BYTES = 16


class _Step(Enum):
    """What is asked for next; the value is the tag that it comes with."""

    NONCE = None
    MAP = 0x81
    AGREE = 0x83
    TOKEN = 0x85


class _Password(IntEnum):
    """References of passwords in MSE:Set AT."""

    MRZ = 1
    CAN = 2


@dataclass(slots=True, repr=False)
class _Run:
    """One run of the protocol, as far as it has come."""

    offer: PaceOffer
    password: _Password
    key: bytes
    rng: random.Random
    step: _Step = _Step.NONCE
    nonce: bytes = b""
    mapping_private: int = 0
    generator: bytes = b""
    keys: crypto.Keys | None = None
    public: bytes = b""
    terminal_public: bytes = b""

    @property
    def group(self) -> Group:
        return self.offer.group

    def token(self, keys: crypto.Keys, public: bytes) -> bytes:
        """Authentication token over a public key."""
        tag = _PUBLIC_INTEGER if isinstance(self.group, DhGroup) else _PUBLIC_POINT
        protocol = data_object(_OBJECT_IDENTIFIER, object_identifier(self.offer.protocol))
        content = data_object(_PUBLIC_KEY, protocol, data_object(tag, public))
        return crypto.authentication_token(keys.cipher, keys.mac, content)


class Pace:
    """MSE:Set AT for mutual authentication, and its GENERAL AUTHENTICATEs."""

    def __init__(self, card: Card) -> None:
        self._card = card
        self._run: _Run | None = None
        self._tries = card.quirks.can_tries

    def forget(self) -> None:
        """Power has gone."""
        self._run = None

    def set_template(self, command: Command) -> Response:
        """Choose protocol, password and domain parameters."""
        self.forget()
        session, quirks = self._card.session, self._card.quirks
        if not self._card.passport.pace or session.messaging is not None or session.pace_is_spoilt:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        if command.expected is not None and quirks.refuses_expected_length:
            raise ChipError(Status.WRONG_LENGTH)
        objects = objects_of(command.data)
        offer = self._offer(objects)
        password = self._password(objects.get(KEY_REFERENCE, b""))
        secret = self._secret(password)
        key = crypto.derive_key(offer.cipher, secret, Purpose.PASSWORD)
        rng = random.Random(0) if self._card.has(Fault.PACE_REPEATS_ITSELF) else self._card.rng
        self._run = _Run(offer, password, key, rng)
        return Response()

    def general_authenticate(self, command: Command) -> Response:
        """The next step."""
        run, self._run = self._run, None  # an error ends the run
        if run is None:
            raise ChipError(Status.CONDITIONS_NOT_SATISFIED)
        value = _step_value(command.data, run.step)
        steps = {
            _Step.NONCE: self._give_nonce,
            _Step.MAP: self._map,
            _Step.AGREE: self._agree,
            _Step.TOKEN: self._finish,
        }
        try:
            answer = steps[run.step](run, value)
        except GroupError:
            raise ChipError(Status.AUTHENTICATION_FAILED) from None
        if run.step is not _Step.TOKEN:
            order = list(_Step)
            run.step = order[order.index(run.step) + 1]
            self._run = run
        return Response(data_object(DYNAMIC_AUTHENTICATION_DATA, answer))

    # MSE:Set AT

    def _offer(self, objects: dict[int, bytes]) -> PaceOffer:
        wanted, rule = objects.get(KEY_ID), self._card.quirks.parameter_id
        refused = {ParameterId.DEMANDED: wanted is None, ParameterId.FORBIDDEN: wanted is not None}
        if refused.get(rule, False):
            raise ChipError(Status.WRONG_DATA)
        offers = [
            offer
            for offer in self._card.passport.pace
            if object_identifier(offer.protocol) == objects.get(MECHANISM)
            and (wanted is None or int.from_bytes(wanted, "big") == offer.group.parameter_id)
        ]
        if not offers:
            raise ChipError(Status.WRONG_DATA)
        if len(offers) > 1:  # the protocol alone does not tell which
            raise ChipError(Status.REFERENCE_NOT_FOUND)
        return offers[0]

    def _password(self, reference: bytes) -> _Password:
        try:
            return _Password(int.from_bytes(reference, "big"))
        except ValueError:
            raise ChipError(Status.REFERENCE_NOT_FOUND) from None

    def _secret(self, password: _Password) -> bytes:
        passport = self._card.passport
        if password is _Password.MRZ and passport.access_seed is not None:
            return passport.access_seed
        if password is _Password.MRZ or passport.can is None:
            raise ChipError(Status.REFERENCE_NOT_FOUND)
        if self._tries == 0:
            raise ChipError(Status.AUTHENTICATION_BLOCKED)
        return passport.can.encode("ascii")

    # GENERAL AUTHENTICATE

    def _give_nonce(self, run: _Run, _: bytes) -> bytes:
        is_integrated = run.offer.mapping is PaceMapping.INTEGRATED
        run.nonce = run.rng.randbytes(nonce_bytes(run.offer.cipher) if is_integrated else _NONCE_BYTES)
        return data_object(_NONCE, crypto.encrypt(run.offer.cipher, run.key, run.nonce))

    def _map(self, run: _Run, terminal: bytes) -> bytes:
        if run.offer.mapping is PaceMapping.INTEGRATED:
            if len(terminal) != run.offer.cipher.key_bytes:
                raise ChipError(Status.WRONG_DATA)
            run.generator = integrated_mapping(run.group, run.offer.cipher, run.nonce, terminal)
            return data_object(_CHIP_MAPPING)
        run.mapping_private = run.group.private_key(run.rng)
        agreed = run.group.power(terminal, run.mapping_private)
        run.generator = generic_mapping(run.group, run.nonce, agreed)
        return data_object(_CHIP_MAPPING, run.group.power(run.group.generator, run.mapping_private))

    def _agree(self, run: _Run, terminal: bytes) -> bytes:
        private = run.group.private_key(run.rng)
        run.public, run.terminal_public = run.group.power(run.generator, private), terminal
        shared = run.group.shared_secret(run.group.power(terminal, private))
        run.keys = crypto.derive_keys(shared, run.offer.cipher)
        if self._card.has(Fault.PACE_REFLECTS_KEY):
            run.public = terminal
        elif run.public == terminal:
            raise ChipError(Status.AUTHENTICATION_FAILED)
        return data_object(_CHIP_KEY, run.public)

    def _finish(self, run: _Run, terminal_token: bytes) -> bytes:
        assert run.keys is not None, "the step before has agreed on them"
        if not crypto.same(run.token(run.keys, run.public), terminal_token):
            raise self._failure(run.password)
        self._tries = self._card.quirks.can_tries if run.password is _Password.CAN else self._tries
        token = run.token(run.keys, run.terminal_public)
        if self._card.has(Fault.PACE_WRONG_TOKEN):
            token = crypto.xor(token, b"\x01" * len(token))
        self._card.open_session(Access.PACE, run.keys)
        self._card.session.pace_was_run = True
        self._card.session.chip_identifier = run.group.compressed(run.public)
        if run.offer.chip_key is not None:
            self._card.session.terminal_key = run.group.compressed(run.terminal_public)
        return data_object(_CHIP_TOKEN, token) + self._references() + self._proof(run, run.keys)

    def _references(self) -> bytes:
        """Of the trust points, for the terminal that wants to authenticate itself: newest and previous."""
        references = (point.holder for point in self._card.trust_points)
        return b"".join(data_object(tag, reference) for tag, reference in zip(_TRUST_POINTS, references, strict=False))

    def _proof(self, run: _Run, keys: crypto.Keys) -> bytes:
        """Chip authentication data: what links the mapping's key to the static one (Doc 9303-11, 4.4.3.3.3)."""
        static = run.offer.chip_key
        if static is None:
            return b""
        order = run.group.order
        quotient = pow(static.private, -1, order) * run.mapping_private % order
        plain = crypto.pad(quotient.to_bytes((order.bit_length() + 7) // 8, "big"), keys.cipher.block_bytes)
        iv = crypto.encrypt_block(keys.cipher, keys.encryption, b"\xff" * keys.cipher.block_bytes)
        return data_object(_CHIP_PROOF, crypto.encrypt(keys.cipher, keys.encryption, plain, iv))

    def _failure(self, password: _Password) -> ChipError:
        """A wrong MRZ just fails; of wrong CANs some chips keep count."""
        if password is not _Password.CAN or self._tries is None:
            return ChipError(Status.AUTHENTICATION_FAILED)
        self._tries -= 1
        return ChipError(Status.TRIES_LEFT, self._tries)


def _step_value(data: bytes, step: _Step) -> bytes:
    """The one value of dynamic authentication data that a step asks for."""
    content = objects_of(data).get(DYNAMIC_AUTHENTICATION_DATA)
    if content is None:
        raise ChipError(Status.WRONG_DATA)
    if step is _Step.NONCE and not content:
        return b""
    value = objects_of(content).get(step.value or 0)
    if value is None:
        raise ChipError(Status.WRONG_DATA)
    return value
