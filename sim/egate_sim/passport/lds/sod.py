"""EF.SOD: the Document Signer's word for every data group (Doc 9303-10, 4.6.2)."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from egate_sim.passport import der
from egate_sim.passport.authority_keys import hash_algorithm
from egate_sim.passport.cms import USUAL, SignatureForm, Signer, signed_data
from egate_sim.passport.lds.files import TAGS, File, Version
from egate_sim.passport.tlv import data_object

LDS_SECURITY_OBJECT = "2.23.136.1.1.1"
EARLY_CONTENT_TYPE = "1.3.27.1.1.1"  # early issuers wrote arcs of their own


@dataclass(frozen=True, slots=True)
class SodForm:
    """How a state writes EF.SOD. ``digest`` hashes the data groups; ``lds``: 1.8 makes it a security object of
    version 1, which repeats the edition under the signature; ``others``: certificates beside the signer's, DER."""

    digest: str = "sha256"
    lds: Version = Version.LDS_1_7
    content_type: str = LDS_SECURITY_OBJECT
    signature: SignatureForm = USUAL
    others: tuple[bytes, ...] = ()


USUAL_FORM = SodForm()


def ef_sod(data_groups: Mapping[File, bytes], signer: Signer, at: datetime, form: SodForm = USUAL_FORM) -> bytes:
    """The file, signed ``at``. DG16, which the holder may have changed, is not signed."""
    hashes = [
        (file.data_group, hashlib.new(form.digest, data_groups[file], usedforsecurity=False).digest())
        for file in sorted(data_groups, key=lambda f: f.data_group)
        if file is not File.DG16
    ]
    return ef_sod_of(security_object(hashes, form), signer, at, form)


def ef_sod_of(content: bytes, signer: Signer, at: datetime, form: SodForm = USUAL_FORM) -> bytes:
    """The file around any ``content``."""
    signed = signed_data(form.content_type, content, signer, at, form.others, form=form.signature)
    return data_object(TAGS[File.SOD], signed)


def security_object(hashes: list[tuple[int, bytes]], form: SodForm = USUAL_FORM) -> bytes:
    """LDSSecurityObject in DER. ``hashes``: number of a data group and its hash, in the order to be written."""
    is_v1 = form.lds is not Version.LDS_1_7
    entries = (der.sequence(der.integer(number), der.octet_string(value)) for number, value in hashes)
    return der.sequence(
        der.integer(int(is_v1)),
        hash_algorithm(form.digest),
        der.sequence(*entries),
        der.sequence(*map(der.printable_string, form.lds.value)) if is_v1 else b"",
    )
