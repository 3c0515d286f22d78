"""Reading the files a plan consists of: regular files of a bounded size, nothing else."""

import os
import stat
from pathlib import Path

from engine.errors import BadValue, NotFound
from engine.i18n import _
from engine.plan.yamltree import MAX_BYTES
from engine.resources import data_dir


def read_file(path: Path) -> bytes:
    """The bytes of a regular file. Raises BadValue for what is missing, no file (a folder, a pipe) or too large."""
    try:
        descriptor = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0))
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise BadValue(_("cannot read {path}: {reason}").format(path=path, reason=reason)) from error
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise BadValue(_("{path} is not a file").format(path=path))
    with os.fdopen(descriptor, "rb") as file:
        data = file.read(MAX_BYTES + 1)
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


def shipped_plans() -> list[str]:
    return sorted(path.stem for path in data_dir("plans").glob("*.yaml"))
