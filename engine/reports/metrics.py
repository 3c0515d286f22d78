"""The vital numbers as Prometheus reads them, for a monitoring that must notice when nothing ticks any more."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path

from engine import __version__
from engine.db import reading, schema_version
from engine.durable import unfinished
from engine.office import Office
from engine.service.audit import ANCHORED
from engine.service.ticking import HEARTBEAT
from engine.vitals import Vitals, vitals

READABLE = 0o644  # the collector is another user; there are numbers in it and nothing else
Sample = tuple[Mapping[str, str], float]


def write_metrics(office: Office, path: Path) -> None:
    """Raises OSError where the file cannot be written."""
    with reading(office.engine) as connection:
        found = vitals(connection, HEARTBEAT, ANCHORED)
    text = exposition(found, schema_version(office.engine) or "")
    with unfinished(path, READABLE) as part:
        part.write_text(text, encoding="utf-8")


def exposition(found: Vitals, schema: str) -> str:
    """The text format: gauges only, times as seconds since 1970; what never happened has no sample."""
    samples: list[tuple[str, str, Iterable[Sample]]] = [
        ("kh_info", "The program and its schema.", [({"version": __version__, "schema": schema}, 1)]),
        ("kh_last_tick_timestamp_seconds", "As of when the last tick ran.", _moment(found.last_tick)),
        ("kh_oldest_due_timestamp_seconds", "When the next task falls due for the sweep.", _moment(found.oldest_due)),
        ("kh_messages", "Messages by status.", [({"status": name}, n) for name, n in found.messages.items()]),
        ("kh_oldest_pending_timestamp_seconds", "When the oldest message still to be sent was composed.",
         _moment(found.oldest_pending)),
        ("kh_last_anchor_timestamp_seconds", "When the log was last anchored.", _moment(found.last_anchor)),
        ("kh_plans_running", "Plans started and not closed.", [({}, found.running)]),
    ]  # fmt: skip
    return "".join(_family(*family) for family in samples)


def _moment(at: datetime | None) -> list[Sample]:
    return [({}, at.timestamp())] if at else []


def _family(name: str, text: str, samples: Iterable[Sample]) -> str:
    lines = [f"# HELP {name} {text}", f"# TYPE {name} gauge"]
    for labels, value in samples:
        inner = ",".join(f'{key}="{text}"' for key, text in labels.items())
        lines.append(f"{name}{{{inner}}} {value:.15g}" if inner else f"{name} {value:.15g}")
    return "\n".join(lines) + "\n"
