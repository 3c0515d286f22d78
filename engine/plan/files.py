"""Reading the files a plan consists of: regular files of a bounded size, nothing else."""

import os
import stat
from pathlib import Path

from engine.errors import BadValue, NotFound, reason_of
from engine.i18n import _
from engine.plan.yamltree import MAX_BYTES
from engine.resources import data_dir

YAML, TABLE = (".yaml", ".yml"), (".csv",)


def read_file(path: Path, kinds: tuple[str, ...] = ()) -> bytes:
    """The bytes of a regular file. Raises BadValue for what is missing, no file (a folder, a pipe) or too large.

    `kinds` are the endings it may have, all links followed, where another file names it: a plan from elsewhere shall
    not show what else its reader may read. A database in use is not opened: to close it again would drop the locks
    that this process may hold on it.
    """
    try:
        if kinds and not os.path.realpath(path).lower().endswith(kinds):
            raise BadValue(_("{path} does not end in {kinds}").format(path=path, kinds=", ".join(kinds)))
        if os.path.exists(f"{path}-wal"):
            raise BadValue(_("{path} is a database in use").format(path=path))
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        raise BadValue(_("cannot read {path}: {reason}").format(path=path, reason=reason_of(error))) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadValue(_("{path} is not a file").format(path=path))
    try:
        with os.fdopen(descriptor, "rb") as file:
            data = file.read(MAX_BYTES + 1)
    except OSError as error:
        raise BadValue(_("cannot read {path}: {reason}").format(path=path, reason=reason_of(error))) from error
    if len(data) > MAX_BYTES:
        raise BadValue(_("{path} is larger than 20 MB").format(path=path))
    return data


def find_plan(name: str) -> Path:
    """A plan's file: the path given, else the shipped plan of that id. Raises NotFound with the nearest id."""
    path = Path(name)
    if path.exists() or path.suffix or len(path.parts) != 1:
        return path
    shipped = data_dir("plans") / f"{name}.yaml"
    if not shipped.is_file():
        raise NotFound(_("plan"), name, shipped_plans())
    return shipped


def yaml_files(folder: Path) -> list[Path]:
    """The *.yaml and *.yml files below a folder, hidden folders left out."""
    found = []
    for place, folders, names in os.walk(folder):
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        found += [Path(place, name) for name in sorted(names) if name.endswith(YAML)]
    return found


def names_in(folder: Path) -> list[str]:
    """What a folder holds; nothing where there is none."""
    try:
        return sorted(os.listdir(folder))
    except (OSError, ValueError):
        return []


def shipped_plans() -> list[str]:
    return sorted(path.stem for path in data_dir("plans").glob("*.yaml"))
