"""The electronic passport as ICAO Doc 9303 describes it, seen from the inspection system. Pure: no I/O, no clock.

Printed page:   mrz, mrz_inspection
Bytes:          tlv, apdu, asn1
Getting in:     crypto, bac, secure_messaging, session
What it holds:  lds, face_image, security_infos, sod
Is it genuine:  public_keys, signatures, certificates, trust, passive_auth, active_auth
All together:   reader, the plan of one inspection
"""
