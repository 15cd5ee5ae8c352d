"""The electronic passport as ICAO Doc 9303 describes it, seen from the inspection system. Pure: no I/O, no clock.

Read upwards; each room uses only those above it (pyproject.toml holds it to that):

errors, tlv, asn1   what can be wrong, and how bytes are taken apart
crypto              ciphers, hashes, keys, groups, signatures
mrz                 the printed zone: formats, check digits, what a page alone tells
lds                 the chip's files, decoded
chip                its protocols: access control, secure messaging, proofs that it is no copy
pki                 whom to believe: certificates, trust bundle, Passive Authentication
seals               signed bar codes
inspection          all together: the plan of one inspection and its verdicts
"""
