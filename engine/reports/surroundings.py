"""What an office stands on: disk, clock, time zones, and who may read its files."""

import importlib.metadata
import os
import shutil
import stat
import zoneinfo
from collections.abc import Iterator
from datetime import datetime, timedelta
from pathlib import Path

from engine.clock import OFFICE_ZONE, zone
from engine.config import KEYS, Settings, data_folder

SPACE = 200 * 2**20  # bytes that should always be free
HANOI = timedelta(hours=7)


def free_bytes(folder: Path) -> int:
    return shutil.disk_usage(folder).free


def wanted_bytes(database: Path) -> int:
    """Room for a backup, and to breathe."""
    return max(SPACE, database.stat().st_size)


def tzdata_version() -> str:
    """Of the system's rules, else of the package's; empty where neither says."""
    for folder in zoneinfo.TZPATH:
        rules = Path(folder) / "tzdata.zi"
        if rules.is_file():
            return rules.read_text("ascii", "replace")[:40].partition("\n")[0].removeprefix("# version ")
    try:
        return importlib.metadata.version("tzdata")
    except importlib.metadata.PackageNotFoundError:
        return ""


def knows_hanoi(now: datetime) -> bool:
    return now.astimezone(zone(OFFICE_ZONE)).utcoffset() == HANOI


def exposed(database: Path | None, settings: Settings) -> list[Path]:
    """Files that others may read or change, and must not; none where the system has no such rights."""
    if os.name != "posix":
        return []
    found = [path for path in _private(database, settings) if _mode(path) & 0o077]
    if database and _mode(database.parent) & (0o077 if database.parent == data_folder() else 0o022):
        found.append(database.parent)
    return found


def _private(database: Path | None, settings: Settings) -> Iterator[Path]:
    if database:
        yield from (path for path in sorted(database.parent.glob(f"{database.name}*")) if path.is_file())
    written = {value.source for name, value in settings.values.items() if KEYS[name].secret and value.text}
    yield from (Path(source) for source in sorted(written) if os.sep in source)


def _mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)
