"""A file that is there whole or not at all: written beside its place, synced, then renamed."""

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from engine.faults import point

PRIVATE = 0o600


@contextmanager
def unfinished(path: Path, mode: int = PRIVATE, *, contested: bool = False) -> Iterator[Path]:
    """The file to write to, the owner's alone; it takes its place, with `mode`, when the block ends without an error.

    Raises OSError. What a killed process left behind is written over by the next, unless the place is `contested`: then
    each writes a file of its own name, because another may be at it.
    """
    part = path.with_name(f".{path.name}{secrets.token_hex(8) if contested else ''}.part")
    try:
        part.unlink(missing_ok=True)
        os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, PRIVATE))
    except OSError as error:
        error.filename = str(path)  # the one that was asked for
        raise
    try:
        yield part
        part.chmod(mode)
        _sync(part, os.O_RDWR)
        point("rename")
        os.replace(part, path)
        point("renamed")
        if hasattr(os, "O_DIRECTORY"):
            _sync(path.parent, os.O_DIRECTORY)
    finally:
        with suppress(OSError):
            part.unlink(missing_ok=True)


def _sync(path: Path, flags: int) -> None:
    """What is written survives a loss of power."""
    descriptor = os.open(path, flags)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
