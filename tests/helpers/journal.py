"""Reads what a lane has recorded and nobody has fetched yet."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from egate.telemetry.outbox import Outbox


def recorded(outbox: Path, lane: str) -> list[dict[str, Any]]:
    """Every waiting event, oldest first."""
    with Outbox.open(outbox, lane, datetime.now(UTC)) as journal:
        return [json.loads(item.body) for item in journal.window(0, 10_000)]


def of_kind(events: list[dict[str, Any]], kind: str) -> list[dict[str, Any]]:
    """The payloads of one kind of event."""
    return [event["data"] for event in events if event["type"] == f"egate.v1.{kind}"]


def transactions(outbox: Path, lane: str) -> list[dict[str, Any]]:
    return of_kind(recorded(outbox, lane), "transaction")
