"""A report for programs: one JSON object, whose names stay. docs/inspect.md shows one."""

from dataclasses import asdict
from typing import Any

import msgspec

from egate.checks import CheckResult
from egate.commands.inspection.reading import Reading, StageFigures
from egate.commands.inspection.report import Report

FORMAT = "egate-inspection/1"


def to_json(report: Report) -> str:
    """The object. ``holder`` is there only where it was asked for."""
    setting, zone = report.setting, report.page.mrz
    content: dict[str, Any] = {
        "format": FORMAT,
        "status": int(report.status),
        "inspected_at": setting.now,
        "lane": {"id": setting.lane, "simulation": setting.simulation, "chip_driver": setting.driver},
        "trust": {"serial": setting.trust_serial, "issued_at": setting.trust_issued},
        "document": {
            "format": zone.format if zone else None,
            "type": zone.document_type if zone else None,
            "issuing_state": zone.issuing_state if zone else None,
            "model": report.model.name if report.model else None,
        },
        "page": [_check(each) for each in report.page_checks],
        "readings": [_reading(report, each) for each in report.readings],
    }
    if report.holder is not None:
        content["holder"] = asdict(report.holder)
    return msgspec.json.format(msgspec.json.encode(content)).decode()


def _reading(report: Report, reading: Reading) -> dict[str, Any]:
    found = reading.inspection
    return {
        "complete": reading.is_complete,
        "trouble": str(reading.trouble) if reading.trouble else None,
        "objections": report.objections(reading),
        "checks": [_check(each) for each in found.checks],
        "access": found.access,
        "algorithms": found.algorithms,
        "protected": found.protected,
        "selection_ms": _rounded(reading.selection_ms),
        "took_ms": _rounded(reading.took_ms),
        "stages": [_stage(each) for each in reading.stages],
        "apdu_count": found.apdu_count,
        "bytes_read": found.bytes_read,
        "read_length": found.read_length,
    }


def _check(result: CheckResult) -> dict[str, Any]:
    return {
        "check": result.check,
        "outcome": result.outcome,
        "reason": result.reason,
        "details": result.details,
    }


def _stage(figures: StageFigures) -> dict[str, Any]:
    return {
        "stage": figures.stage,
        "took_ms": _rounded(figures.took_ms),
        "apdus": figures.apdus,
        "bytes_carried": figures.bytes_carried,
    }


def _rounded(milliseconds: float) -> float:
    return round(milliseconds, 1)
