"""docs/faults.md: every fault of the gate, for the technician who reads its code on a page."""

from pathlib import Path

from egate.faults import FAULTS, Severity

_HEAD = """\
# Faults

Generated from `firmware/egate/faults.py` by `make generate`; do not edit. A fault is raised and cleared by the same
part. One that closes the lane keeps it closed until it is over; a person inside is finished through an officer.

| Fault | Severity | Closes the lane | Meaning | What to do | Raised by |
|---|---|---|---|---|---|
"""
_ORDER = (Severity.CRITICAL, Severity.ERROR, Severity.WARNING, Severity.INFO)


def pages(docs: Path) -> dict[Path, str]:
    faults = sorted(FAULTS.values(), key=lambda fault: (_ORDER.index(fault.severity), fault.code))
    rows = (
        f"| `{f.code}` | {f.severity} | {'yes' if f.blocks_lane else 'no'} | {f.meaning} | {f.action} | {f.raised_by} |"
        for f in faults
    )
    return {docs / "faults.md": _HEAD + "\n".join(rows) + "\n"}
