"""A trust bundle in words, tables and JSON."""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

import msgspec

from egate.document.errors import DocumentError
from egate.document.pki.bundle import Bundle, Section
from egate.document.pki.bundle_trust import BundleTrust
from egate.document.pki.certificates import Certificate
from egate.document.pki.revocation import RevocationList

_SECTIONS = {
    Section.CSCA: "CSCA certificates",
    Section.LINK: "link certificates",
    Section.CRL: "revocation lists",
    Section.DEFECT: "entries of known defects",
    Section.SEAL_SIGNER: "seal signers",
    Section.CVCA: "CVCA certificates",
}
_KEY_ID_DIGITS = 16


def overview(bundle: Bundle, now: datetime) -> str:
    """What it is, from whom, how old, and from which files it was made."""
    header = bundle.header
    counts = [f"{name}: {bundle.count(section)}" for section, name in _SECTIONS.items() if bundle.count(section)]
    lines = [
        f"Trust bundle {header.serial}{f' of {header.issuer}' if header.issuer else ''}",
        f"  made    {header.issued_at:%Y-%m-%d %H:%M} UTC, {_age(header.issued_at, now)}",
        f"  refresh {header.refresh_at:%Y-%m-%d}, valid until {header.valid_until:%Y-%m-%d}",
        f"  holds   {', '.join(counts)}",
        f"  SHA-256 {bundle.sha256}",
    ]
    for source in header.sources:
        signed = f", signed {source.signed_at:%Y-%m-%d}" if source.signed_at else ""
        lines.append(f"  from    {source.name}: {source.kind}, {_counted(source.items)}{signed}, {source.sha256[:16]}…")
    return "\n".join(lines)


def country_table(trust: BundleTrust, country: str | None, now: datetime) -> str:
    """All countries, one a line; or every certificate and list of ``country`` (two letters, capitals)."""
    rows = _countries(trust, now) if country is None else _certificates(trust, country, now)
    return "\n".join(_aligned(rows))


def bundle_json(trust: BundleTrust, country: str | None) -> str:
    """The same for programs: header, counts, certificates and lists, of one country or of all."""
    chosen = country.upper() if country else None
    certificates = [
        _as_json(each, section)
        for section in (Section.CSCA, Section.LINK, Section.SEAL_SIGNER)
        for each in trust.certificates_in(section)
        if chosen in (None, each.subject_country)
    ]
    lists = [
        {"country": _crl_country(trust, crl), "this_update": crl.this_update, "next_update": crl.next_update,
         "revoked": len(crl.revoked)}
        for crl in trust.crls()
    ]  # fmt: skip
    content = {
        "header": trust.bundle.header,
        "sha256": trust.bundle.sha256,
        "counts": {section.name.lower(): trust.bundle.count(section) for section in Section},
        "certificates": certificates,
        "revocation_lists": [each for each in lists if chosen in (None, each["country"])],
    }
    return msgspec.json.format(msgspec.json.encode(content)).decode()


def _countries(trust: BundleTrust, now: datetime) -> Iterator[tuple[str, ...]]:
    cscas, lists = defaultdict(list), defaultdict(list)
    for csca in trust.certificates_in(Section.CSCA):
        cscas[csca.subject_country].append(csca)
    for crl in trust.crls():
        lists[_crl_country(trust, crl)].append(crl)
    yield "", "CSCA", "valid", "from", "until", "list of", "age", "keys"
    for country in sorted(cscas):
        found = cscas[country]
        newest = max((crl.this_update for crl in lists[country]), default=None)
        yield (
            country or "??",
            str(len(found)),
            str(sum(csca.is_valid_at(now) for csca in found)),
            f"{min(csca.not_before for csca in found):%Y}",
            f"{max(csca.not_after for csca in found):%Y-%m-%d}",
            f"{newest:%Y-%m-%d}" if newest else "-",
            _age(newest, now) if newest else "-",
            " ".join(sorted({_key_name(csca) for csca in found})),
        )


def _certificates(trust: BundleTrust, country: str, now: datetime) -> Iterator[tuple[str, ...]]:
    yield "", "serial", "from", "until", "now", "key", "signed with", "key identifier"
    for section in (Section.CSCA, Section.LINK, Section.SEAL_SIGNER):
        for each in trust.certificates_in(section):
            if each.subject_country == country:
                kind = "self-issued" if section is Section.CSCA and each.is_self_issued else section.name.lower()
                valid = "valid" if each.is_valid_at(now) else "not valid"
                key_id = (each.subject_key_id or b"").hex()[:_KEY_ID_DIGITS]
                period = f"{each.not_before:%Y-%m-%d}", f"{each.not_after:%Y-%m-%d}"
                yield kind, f"{each.serial:x}", *period, valid, _key_name(each), _scheme_name(each), key_id
    for crl in trust.crls():
        if _crl_country(trust, crl) == country:
            until = f"{crl.next_update:%Y-%m-%d}" if crl.next_update else "-"
            state = "stale" if crl.is_stale_at(now) else "current"
            yield "list", f"{len(crl.revoked)} revoked", f"{crl.this_update:%Y-%m-%d}", until, state, "", "", ""


def _as_json(each: Certificate, section: Section) -> dict[str, Any]:
    return {
        "kind": section.name.lower(),
        "country": each.subject_country,
        "subject": each.subject,
        "issuer": each.issuer,
        "serial": f"{each.serial:x}",
        "not_before": each.not_before,
        "not_after": each.not_after,
        "key": _key_name(each),
        "signed_with": _scheme_name(each),
        "key_id": each.subject_key_id.hex() if each.subject_key_id else None,
    }


def _crl_country(trust: BundleTrust, crl: RevocationList) -> str:
    return next((csca.subject_country for csca in trust.possible_signers(crl)), "")


def _key_name(each: Certificate) -> str:
    try:
        return each.public_key().name
    except DocumentError:
        return "unsupported"


def _scheme_name(each: Certificate) -> str:
    try:
        return each.scheme().name
    except DocumentError:
        return "unsupported"


def _aligned(rows: Iterable[tuple[str, ...]]) -> Iterator[str]:
    table = list(rows)
    widths = [max(len(row[column]) for row in table) for column in range(len(table[0]))]
    for row in table:
        yield "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()


def _age(since: datetime, now: datetime) -> str:
    days = (now - since).days
    return "today" if days == 0 else f"{days} day{'s' if days != 1 else ''}"


def _counted(items: int) -> str:
    return f"{items} item{'s' if items != 1 else ''}"
