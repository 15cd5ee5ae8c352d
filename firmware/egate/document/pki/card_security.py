"""EF.CardSecurity: security information that the issuer signed outside the application (Doc 9303-11, 9.2.11).

The key with which a chip proves itself in PACE-CAM stands here. It proves nothing until this signature leads to a
trusted CSCA.
"""

from datetime import datetime

from egate.checks import Outcome, Reason
from egate.document.errors import FormatError, TrustError, UnsupportedError
from egate.document.lds.security_infos import SecurityInfos, parse_security_infos
from egate.document.mrz.zone import Mrz
from egate.document.pki.cms import parse_signed_message
from egate.document.pki.passive_auth import judge_country, judge_signer
from egate.document.pki.trust import TrustStore

SECURITY_OBJECT = "0.4.0.127.0.7.3.2.1"


def verify_card_security(raw: bytes, trust: TrustStore, now: datetime, mrz: Mrz | None = None) -> SecurityInfos:
    """The information in EF.CardSecurity, if a trusted CSCA stands behind it. ``mrz``: also of this issuing state.

    Raises FormatError (FILE_FORMAT); TrustError with the reason of the step that failed; UnsupportedError where the
    signature shows nothing, because the CSCA or an algorithm is unknown.
    """
    message = parse_signed_message(raw, "EF.CardSecurity", Reason.FILE_FORMAT)
    if message.content_type != SECURITY_OBJECT:
        raise FormatError("EF.CardSecurity signs something other than security information")
    certificate = message.certificate_of(message.signers[0])
    if certificate is None:
        raise UnsupportedError("EF.CardSecurity does not carry its signer's certificate", Reason.CSCA_UNKNOWN)
    steps = judge_signer(message, message.signers[0], certificate, trust, now).steps
    if mrz is not None:
        steps = (*steps, judge_country(certificate, mrz))
    for outcome, error in ((Outcome.FAILED, TrustError), (Outcome.UNDETERMINED, UnsupportedError)):
        for step in steps:
            if step.outcome is outcome:
                raise error(
                    f"the signature of EF.CardSecurity is not that of a trusted state ({step.word})", step.reason
                )
    return parse_security_infos(message.content)
