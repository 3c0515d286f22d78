"""What no input may do: raise anything but our own errors, take long, or eat memory.

test_hostile.py tries it for a while; `make fuzz` (atheris, guided by coverage) as long as one likes.
"""

import os
from collections.abc import Callable
from contextlib import suppress
from datetime import UTC, date, datetime, time
from pathlib import Path

from engine.channels import mime
from engine.channels.addresses import refusal
from engine.checks import check
from engine.clock import read_day, read_instant
from engine.commands.main import COMMANDS, run
from engine.deadlines import read, read_duration, read_month_day_span, read_offset, read_span
from engine.errors import KhError
from engine.plan.directory import Contact
from engine.plan.loader import load
from engine.plan.sheets import read_rows
from engine.rows import MessageRow
from engine.service.arrivals import read_arrivals
from engine.service.select import parse
from engine.templates import header_text

ISSUED = date(2020, 3, 4)
BARRED = {"run", "demo", "worker", "workers"}  # they do not end, or are not of this process alone


def plan(data: bytes, folder: Path) -> None:
    """A plan, a directory or a calendar file, whichever it looks like, with all the checks of it."""
    check(load(folder / "x.yaml", data))


def table(data: bytes, folder: Path) -> None:
    """Units from a table, and hand-ins from one."""
    path = folder / "x.csv"
    path.write_bytes(data)
    (folder / "x.yaml").write_text("units: {}\nunits_from: x.csv\n")
    load(folder / "x.yaml", (folder / "x.yaml").read_bytes())
    read_rows(path)
    read_arrivals(path, "Asia/Ho_Chi_Minh", time(7, 30))


def phrase(data: bytes, _folder: Path) -> None:
    text = data.decode("utf-8", "replace")
    for reader in (read_duration, read_offset, read_span, read_month_day_span):
        with suppress(KhError):
            reader(text)
    read(text, issued=ISSUED)


def moment(data: bytes, _folder: Path) -> None:
    text = data.decode("utf-8", "replace")
    with suppress(KhError):
        read_day(text)
    read_instant(text, time(7, 30))


def selector(data: bytes, _folder: Path) -> None:
    parse(data.decode("utf-8", "replace"))


def command(data: bytes, folder: Path) -> None:
    """A command line, its words parted by NUL, in an office of its own."""
    words = data.decode("utf-8", "surrogateescape").split("\0")
    if set(words) & BARRED:
        return
    os.chdir(folder)
    assert run(words) in (0, 1, 2, 4), words


def contact(data: bytes, _folder: Path) -> None:
    """An address of each kind; what the models take, a channel must be able to use or refuse."""
    text = data.decode("utf-8", "replace")
    for key in ("email", "webhook", "apprise", "file"):
        try:
            Contact.model_validate({key: text})
        except ValueError:
            continue
        if key == "email":
            letter(b"\n" + data, _folder)
    refusal(text[:300].partition(":")[0].replace(".", "-") + ".invalid", ())


def letter(data: bytes, _folder: Path) -> None:
    """A subject, an address and a text: the mail says exactly that, or is not sent."""
    subject, _sep, recipient = data.decode("utf-8", "replace").partition("\n")
    body = subject + recipient
    message = MessageRow(1, recipient, "email", ISSUED, "<a@x.invalid>", subject, body, "", "[]", 0, "mo", None, 0)
    try:
        raw = mime.seal(message, "kh@t.example.vn", datetime(2020, 3, 4, tzinfo=UTC))
    except ValueError:
        return
    assert b"\n" not in header_text(subject).encode()
    assert raw.split(b"\r\n\r\n")[0].lower().count(b"\nto:") == 1


TARGETS: dict[str, Callable[[bytes, Path], None]] = {
    "plan": plan, "table": table, "phrase": phrase, "moment": moment, "selector": selector, "command": command,
    "contact": contact, "letter": letter,
}  # fmt: skip


def attempt(name: str, data: bytes, folder: Path) -> None:
    """Raises only what must never be raised."""
    with suppress(KhError):
        TARGETS[name](data, folder)


def seeds(root: Path) -> dict[str, list[bytes]]:
    """Inputs to begin with: what is right, and what is known to be wrong."""
    plans = [*sorted((root / "plans").rglob("*.yaml")), *sorted((root / "tests" / "plans").rglob("*.yaml"))]
    phrases = (root / "tests" / "data" / "phrases.tsv").read_text("utf-8").splitlines()
    return {
        "plan": [path.read_bytes() for path in plans if path.stat().st_size < 20_000],
        "table": [
            b"id,name,level,parent\nx1,X\xc3\xa3 M\xe1\xbb\x99t,commune,h1\n",
            b"h1,1/BC,2020-03-18,2020-03-04\n",
        ],
        "phrase": [line.split("\t")[0].encode() for line in phrases],
        "moment": [b"2020-03-04", b"2020-03-04T08:00+07:00", b"2020-W10-3", b"20200304T08"],
        "selector": [b"x/a/2022-H1/h1", b"*/b-{c,d}/*", b"x"],
        "command": [f"{name}\0--at\x002020-03-04\0x/a\0--json".encode() for name in COMMANDS if name not in BARRED],
        "contact": [b"a@t.example.vn", b"https://t.example.vn/x", b"tgram://token/chat", b"=?utf-8?q?x?=@t.example.vn"],
        "letter": [b"=?utf-8?q?a=0d=0aBcc:b?=\nh1@t.example.vn", "Giao việc\u202e\nh1@t.example.vn".encode()],
    }
