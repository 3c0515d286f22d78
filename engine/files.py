"""Files handed in: kept once each under the SHA-256 of their content, and never run."""

import hashlib
import os
import re
import stat
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from engine.durable import unfinished
from engine.errors import BadValue, Unavailable, reason_of
from engine.i18n import _
from engine.plan.writing import one_line

BLOCK = 1 << 20
MEGABYTE = 1_000_000
LONGEST_STEM, LONGEST_ENDING = 60, 12  # with three bytes a letter still a name that every file system takes
_FLAGS = os.O_RDONLY | sum(getattr(os, name, 0) for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"))


@dataclass(frozen=True, slots=True)
class Paper:
    """A file as it was when it was looked at."""

    path: Path
    name: str  # cleaned
    size: int
    digest: str


def look_at(path: Path, limit: int) -> Paper:
    """Measure a file of at most `limit` bytes. Raises BadValue for all that is no plain, whole, readable file."""
    with _open(path) as source:
        size = os.fstat(source.fileno()).st_size
        if size > limit:
            text = _("{path} has {size} MB; at most {limit} MB are taken (KH_FILE_LIMIT)")
            raise BadValue(text.format(path=path, size=_megabytes(size), limit=_megabytes(limit)))
        if not size:
            raise BadValue(_("{path} is empty").format(path=path))
        digest, read = hashlib.sha256(), 0
        while (block := source.read(BLOCK)) and read <= size:
            digest.update(block)
            read += len(block)
    if read != size:
        raise _changed(path)
    return Paper(path, clean_name(path.name), size, digest.hexdigest())


def _megabytes(size: int) -> str:
    return f"{size / MEGABYTE:g}"


def _open(path: Path) -> BinaryIO:
    """A regular file, neither a link to one nor anything that may block or never end."""
    try:
        handle = os.open(path, _FLAGS)
    except (OSError, ValueError) as error:  # of the latter kind: a null byte
        if path.is_symlink():
            raise BadValue(_("{path} is a link: name the file itself").format(path=path)) from error
        raise BadValue(_("cannot read {path}: {reason}").format(path=path, reason=reason_of(error))) from error
    if not stat.S_ISREG(os.fstat(handle).st_mode):
        os.close(handle)
        raise BadValue(_("{path} is no regular file").format(path=path))
    return open(handle, "rb")


def _changed(path: Path) -> BadValue:
    return BadValue(_("{path} changed while it was read: repeat when it is finished").format(path=path))


def clean_name(name: str) -> str:
    """A name that harms no file system: no way out of a folder, no control characters, not too long."""
    plain = re.sub(r'[\\/:*?"<>|]', "_", one_line(name)).lstrip(".").rstrip(". ")
    stem, dot, ending = plain.rpartition(".")
    if not stem or len(ending) > LONGEST_ENDING:
        stem, dot, ending = plain, "", ""
    return f"{stem[:LONGEST_STEM].rstrip()}{dot}{ending}" or "file"


def place(folder: Path, digest: str) -> Path:
    return folder / digest[:2] / digest[2:]


def keep(folder: Path, paper: Paper) -> None:
    """Copy a file to its place, where it is not there already: all of it or nothing, for its owner alone.

    Raises BadValue where it is no longer what was looked at, Unavailable where it cannot be written.
    """
    target = place(folder, paper.digest)
    if target.is_file() and target.stat().st_size == paper.size:
        return
    with _open(paper.path) as source, _writing(target) as copy:
        _copy(source, copy, paper)


@contextmanager
def _writing(target: Path) -> Iterator[BinaryIO]:
    try:
        for folder in (target.parent.parent, target.parent):
            folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        with unfinished(target, contested=True) as part, part.open("wb") as copy:
            yield copy
    except OSError as error:
        text = _("cannot keep a file in {folder}: {reason}")
        raise Unavailable(text.format(folder=target.parent.parent, reason=reason_of(error))) from error


def _copy(source: BinaryIO, copy: BinaryIO, paper: Paper) -> None:
    digest = hashlib.sha256()
    while (block := source.read(BLOCK)) and copy.tell() <= paper.size:
        digest.update(block)
        copy.write(block)
    if digest.hexdigest() != paper.digest:
        raise _changed(paper.path)


def drop(folder: Path, digest: str) -> None:
    """Take a file away again, with the folders it leaves empty."""
    target = place(folder, digest)
    target.unlink(missing_ok=True)
    with suppress(OSError):
        target.parent.rmdir()
        folder.rmdir()


def save(folder: Path, digest: str, name: str, into: Path) -> Path:
    """Copy a kept file out under its name, or the first free one like it; nothing is overwritten.

    Raises Unavailable where it is gone, damaged, or cannot be written.
    """
    try:
        content = place(folder, digest).read_bytes()
    except OSError as error:
        text = _("the kept file {name} cannot be read: {reason}")
        raise Unavailable(text.format(name=name, reason=reason_of(error))) from error
    if hashlib.sha256(content).hexdigest() != digest:
        raise Unavailable(_("the kept file {name} is damaged: it is not what was handed in").format(name=name))
    try:
        into.mkdir(parents=True, exist_ok=True)
        return _write_new(into, name, content)
    except OSError as error:
        text = _("cannot write to {folder}: {reason}")
        raise Unavailable(text.format(folder=into, reason=reason_of(error))) from error


def _write_new(into: Path, name: str, content: bytes) -> Path:
    number, target = 1, into / name
    while True:
        try:
            with target.open("xb") as copy:
                copy.write(content)
            return target
        except FileExistsError:
            if target.is_file() and target.read_bytes() == content:
                return target
            number += 1
            target = into / f"{Path(name).stem} ({number}){Path(name).suffix}"
