"""Read the chip in the PC/SC reader with pypassport. Arguments: number birth expiry csca.der."""

import sys
import tempfile
from pathlib import Path

from pypassport import reader
from pypassport.epassport import EPassport, EPassportException


def main() -> None:
    number, birth, expiry, csca = sys.argv[1:]
    chip = reader.getReader()
    zone = (number, birth, expiry)
    try:
        passport = EPassport(chip, zone, select_aid=False)
        did = [passport.open(access_control="pace").mechanism]
    except EPassportException as error:  # its fall-back to BAC does not select the application; its older way does
        passport = EPassport(chip, zone)
        passport.doBasicAccessControl()
        did = [f"BAC, after: {error}"]
    groups = [passport[name] for name in ("DG1", "DG2")]
    sod = passport["SecurityData"]
    did += [f"read {len(each.file)} B" for each in (sod, *groups)]
    did += [attempt("DG integrity", lambda: passport.doVerifyDGIntegrity(groups))]
    did += [attempt("SOD", lambda: verify_sod(passport, csca))]
    if has_group(sod, 15):
        did += [attempt("AA", passport.doActiveAuthentication)]
    print("; ".join(did))


def verify_sod(passport, csca):
    with tempfile.TemporaryDirectory() as folder:
        Path(folder, "csca.cer").write_bytes(Path(csca).read_bytes())
        passport.setCSCADirectory(folder, hash=True)
        return passport.doVerifySODCertificate()


def has_group(sod, number):
    """Whether EF.SOD lists this data group's hash: INTEGER, then OCTET STRING."""
    return any(bytes((0x02, 0x01, number, 0x04, size)) in bytes(sod.file) for size in (20, 32, 48, 64))


def attempt(name, action):
    try:
        return f"{name}: {str(action())[:60]}"
    except Exception as error:  # another project's, whatever they are
        return f"{name}: {type(error).__name__} {str(error)[:80]}"


if __name__ == "__main__":
    main()
