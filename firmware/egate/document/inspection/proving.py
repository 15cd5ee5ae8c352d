"""Lets the chip prove that it is no copy, by the cheapest of the ways that it offers (Doc 9303-11, 6).

What PACE with Chip Authentication Mapping left behind costs no round trip where DG14 holds the key. Chip Authentication
costs one or two, and its proof is the next file's first bytes. Active Authentication costs one, and DG15. A way that
cannot be gone to its end shows nothing, so the next one is tried.
"""

from collections.abc import Callable

from egate.document.chip.active_auth import authenticate_actively
from egate.document.chip.card_security import proven_key
from egate.document.chip.channel import Channel, Exchange
from egate.document.chip.chip_auth import ChipAuthentication, authenticate_chip, chip_authentication_offers
from egate.document.chip.steps import Progress, Stage
from egate.document.crypto.symmetric import RandomBytes
from egate.document.errors import DocumentError, SecureMessagingError, UnsupportedError
from egate.document.inspection.authenticity import Method, active_proof, proof_fails, proof_holds, proof_missing
from egate.document.inspection.findings import Findings
from egate.document.lds.files import Ef
from egate.document.lds.security_infos import SecurityInfos


class Prover:
    """``findings`` holds what the chip offers, and takes what came of it; ``lose_session``: it is of no use now."""

    def __init__(
        self, channel: Channel, findings: Findings, random_bytes: RandomBytes, lose_session: Callable[[], None]
    ) -> None:
        self._channel, self._findings, self._random_bytes = channel, findings, random_bytes
        self._lose_session = lose_session
        self._run: ChipAuthentication | None = None
        self.session: ChipAuthentication | None = None
        """The session of Chip Authentication, once it is proven."""

    @property
    def needs_more(self) -> bool:
        """Nothing was shown yet, neither way."""
        return not self._findings.authenticity_is_settled

    @property
    def awaits_answer(self) -> bool:
        """Chip Authentication began; the chip's next answer is the proof."""
        return self._run is not None and not self._run.is_proven

    def by_static_key(self) -> Exchange[None]:
        """With a key in DG14: the mapping that opened the chip, or else Chip Authentication."""
        if self._mapping_holds(self._findings.security_infos, Ef.DG14):
            return
        method = Method.CHIP_AUTHENTICATION
        try:
            offers = chip_authentication_offers(self._findings.security_infos)
            if not offers and self._findings.security_infos.offers_chip_authentication:
                raise UnsupportedError("the chip has a key of a kind that nobody knows")
            if offers:
                yield Progress(Stage.CHIP_AUTH)
                self._run = yield from authenticate_chip(self._channel, offers, self._random_bytes)
        except SecureMessagingError as error:
            self._findings.proved(proof_missing(method, error))
            self._lose_session()
        except DocumentError as error:
            self._findings.proved(proof_missing(method, error))

    def settle(self) -> None:
        """The first answer after Chip Authentication came, or did not."""
        run, self._run = self._run, None
        if run is not None:
            self.session = run if run.is_proven else None
            shown = proof_holds if run.is_proven else proof_fails
            self._findings.proved(shown(Method.CHIP_AUTHENTICATION, Ef.DG14, *run.offer.words[1:]))

    def by_card_security(self, raw: bytes) -> None:
        """With a key in EF.CardSecurity, which has a signature of its own."""
        try:
            infos = self._findings.verified_card_security(raw)
        except DocumentError as error:
            self._findings.proved(proof_missing(Method.MAPPING, error))
            return
        if not self._mapping_holds(infos, None):
            self._findings.proved(proof_fails(Method.MAPPING, None))

    def by_active_authentication(self) -> Exchange[None]:
        """What goes wrong here is said of the chip's authenticity, not of the whole chip."""
        key = self._findings.key
        if key is None:
            return
        yield Progress(Stage.ACTIVE_AUTH)
        try:
            algorithm = self._findings.security_infos.active_authentication_algorithm
            result = yield from authenticate_actively(self._channel, key, algorithm, self._random_bytes)
        except DocumentError as error:
            self._findings.proved(proof_missing(Method.ACTIVE_AUTHENTICATION, error))
            if isinstance(error, SecureMessagingError):
                self._lose_session()
        else:
            self._findings.proved(active_proof(result))

    def _mapping_holds(self, infos: SecurityInfos, key_file: Ef | None) -> bool:
        proof = self._findings.mapping_proof
        proven = proven_key(proof, infos) if proof is not None else None
        if proven is not None:
            self._findings.proved(proof_holds(Method.MAPPING, key_file, proven.key().group.name))
        return proven is not None
