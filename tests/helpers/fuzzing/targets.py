"""Everything that reads bytes of a stranger, in one table. Whoever writes a parser adds its line here."""

from functools import partial
from pathlib import Path

import PIL

import egate_doorlink
from egate import face
from egate.document import tlv
from egate.document.lds.atr_info import parse_atr_info
from egate.document.lds.biometrics import parse_biometric_headers
from egate.document.lds.cvca import parse_cvca
from egate.document.lds.dg11 import parse_dg11
from egate.document.lds.dg12 import parse_dg12
from egate.document.lds.dg13 import parse_dg13
from egate.document.lds.dg16 import parse_dg16
from egate.document.lds.directory import parse_dir
from egate.document.lds.displayed_images import parse_dg5, parse_dg7
from egate.document.lds.face_image import parse_dg2
from egate.document.lds.files import Ef, parse_com, parse_dg1, parse_dg15
from egate.document.lds.security_infos import parse_card_access, parse_dg14
from egate_hal.drivers import door_serial, ocr_framing
from egate_sim.passport.contents import MasterFile
from egate_sim.passport.lds import File
from fuzzing import chips, doors, pictures, readers, seeds
from fuzzing.engine import Target

_PICTURE_CODE = (Path(face.__file__).parent, Path(PIL.__file__).parent)
"""Pillow's own readers are Python in part, and ours is little more than a door to them."""

_LINK_CODE = (Path(egate_doorlink.__file__).parent, Path(door_serial.__file__))
_OCR_CODE = Path(ocr_framing.__file__)

_TARGETS = (
    Target("tlv", lambda raw: list(tlv.read_all(raw)), seeds.objects, max_bytes=512),
    Target("mrz", readers.check_zone, seeds.zones, max_bytes=256),
    Target("full_name", readers.compare_name, seeds.full_names, max_bytes=512),
    # the chip's files
    Target("com", parse_com, partial(seeds.file, File.COM), max_bytes=512),
    Target("dg1", parse_dg1, partial(seeds.file, File.DG1), max_bytes=512),
    Target("dg2", parse_dg2, seeds.portraits),
    Target("portrait", readers.decode_portrait, pictures.portraits, watched=_PICTURE_CODE, max_python_bytes=16 << 20),
    Target("dg3", lambda raw: parse_biometric_headers(raw, Ef.DG3), partial(seeds.file, File.DG3)),
    Target("dg4", lambda raw: parse_biometric_headers(raw, Ef.DG4), seeds.irises),
    Target("dg5", parse_dg5, seeds.displayed_portraits),
    Target("dg7", parse_dg7, partial(seeds.file, File.DG7)),
    Target("dg11", parse_dg11, seeds.personal_details),
    Target("dg12", parse_dg12, seeds.document_details),
    Target("dg13", parse_dg13, partial(seeds.file, File.DG13), max_bytes=256),
    Target("dg14", partial(readers.read_infos, parse_dg14), partial(seeds.file, File.DG14)),
    Target("dg15", parse_dg15, partial(seeds.file, File.DG15), max_bytes=1024),
    Target("dg16", parse_dg16, partial(seeds.file, File.DG16)),
    Target("atr_info", parse_atr_info, partial(seeds.master_file, MasterFile.ATR_INFO), max_bytes=256),
    Target("directory", parse_dir, partial(seeds.master_file, MasterFile.DIR), max_bytes=256),
    Target(
        "card_access",
        partial(readers.read_infos, parse_card_access),
        partial(seeds.master_file, MasterFile.CARD_ACCESS),
    ),
    Target("ef_cvca", parse_cvca, seeds.trust_points, max_bytes=256),
    # what is signed
    Target("sod", readers.judge_sod, partial(seeds.file, File.SOD), max_bytes=8192, max_steps=500_000),
    Target("sod_content", readers.judge_signed_object, seeds.security_objects, max_steps=500_000),
    Target("certificate", readers.read_certificate, seeds.certificates),
    Target("crl", readers.read_revocation_list, seeds.revocation_lists),
    Target("master_list", readers.read_master_list, seeds.master_lists, max_bytes=8192, max_steps=500_000),
    Target("master_list_content", readers.read_signed_master_list, seeds.master_list_contents, max_steps=500_000),
    Target("cvc", readers.read_cv_certificates, seeds.card_verifiable_certificates, max_steps=500_000),
    Target("card_security", readers.read_card_security, seeds.card_securities, max_bytes=8192, max_steps=500_000),
    Target("defect_list", readers.read_defect_list, seeds.defect_lists),
    Target("bundle", readers.read_bundle, seeds.bundles, max_bytes=8192, max_steps=500_000),
    # bar codes
    Target("vds", readers.judge_bar_code, seeds.seals, max_bytes=1024),
    Target("vds_nc", readers.judge_bar_code, seeds.seals_in_json),
    # the chip's answers
    Target("secure_messaging", chips.open_answer, chips.answers, max_bytes=512),
    Target("recovered_message", readers.recover_message, seeds.recovered_messages, max_bytes=512),
    # lines of devices
    Target("door_link", doors.to_the_door, doors.door_inputs, max_bytes=512, max_steps=1_000_000, watched=_LINK_CODE),
    Target("door_driver", doors.to_the_host, doors.door_inputs, max_bytes=512, max_steps=1_000_000, watched=_LINK_CODE),
    Target("ocr_line", doors.frame_of_a_reader, doors.reader_inputs, max_bytes=1024, watched=(_OCR_CODE,)),
    Target("plan", chips.inspect_hostile_chip, chips.edits, max_bytes=512, max_steps=500_000),
)
TARGETS = {target.name: target for target in _TARGETS}
