"""Builds the files of the Logical Data Structure: Doc 9303-10."""

from egate_sim.passport.lds.details import PersonalDetails, dg3, dg4, dg7, dg11, dg12, dg13, dg16
from egate_sim.passport.lds.face import PortraitFormat, dg2, dg2_of, face_record, face_record_of
from egate_sim.passport.lds.files import TAGS, File, Version, dg1, dg14, dg15, ef_com
from egate_sim.passport.lds.sod import LDS_SECURITY_OBJECT, SodForm, ef_sod, ef_sod_of, security_object

__all__ = [
    "LDS_SECURITY_OBJECT",
    "TAGS",
    "File",
    "PersonalDetails",
    "PortraitFormat",
    "SodForm",
    "Version",
    "dg1",
    "dg2",
    "dg2_of",
    "dg3",
    "dg4",
    "dg7",
    "dg11",
    "dg12",
    "dg13",
    "dg14",
    "dg15",
    "dg16",
    "ef_com",
    "ef_sod",
    "ef_sod_of",
    "face_record",
    "face_record_of",
    "security_object",
]
