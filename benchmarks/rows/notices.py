"""Notices: rendered, beside compiled templates; delivered, beside a dozen lines of smtplib."""

import smtplib
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import timedelta
from email.message import EmailMessage
from functools import cache
from statistics import median
from time import perf_counter
from typing import Any
from unittest.mock import patch

from jinja2 import FileSystemLoader, StrictUndefined, Template
from jinja2.sandbox import ImmutableSandboxedEnvironment

from benchmarks.measure import Goal, Row, cost, per_second, rounds, seconds, speed
from benchmarks.world import MORNING, Bench, act, nothing, office_at, write_plan
from engine import desk, outbox, templates
from engine.db import writing
from engine.delivery import deliver
from engine.notices import Notice, render_notice
from engine.rows import MessageRow
from engine.service.start import start
from engine.service.ticking import tick
from engine.summaries import summary_of

SERVER = """
import sys
from aiosmtpd.controller import Controller
class Box:
    async def handle_DATA(self, server, session, envelope):
        return "250 OK"
Controller(Box(), hostname="127.0.0.1", port=int(sys.argv[1])).start()
print("up", flush=True)
sys.stdin.read()
"""


def rows(bench: Bench) -> Iterator[Row]:
    with _mail_server() as port:
        path = bench.copy(bench.empty("shm"), "notices")
        office = office_at(path, {"KH_SMTP_HOST": "127.0.0.1", "KH_SMTP_PORT": str(port)})
        start(office, write_plan(bench.places["shm"], bench.due), "nhieu", act(MORNING))
        caught: list[Notice] = []

        def catching(notice: Notice, *more: Any) -> Any:
            caught.append(notice)
            return render_notice(notice, *more)

        with patch.object(desk, "render_notice", catching):
            took = seconds(lambda _turn: tick(office, MORNING, deliver=nothing))
        yield Row(f"{len(caught):,} notices decided, rendered and stored", "shm", [took], "s")
        yield _rendered(bench, caught)
        with writing(office.engine) as connection:
            pending = outbox.with_status(connection, outbox.pending_messages(connection, MORNING), "pending")
            for number, row in enumerate(pending):
                later = MORNING + timedelta(minutes=number % bench.rounds)
                outbox.update_message(connection, row.id, while_status="pending", next_attempt_at=later)
        own, theirs = rounds(
            bench.rounds,
            lambda turn: deliver(office, MORNING + timedelta(minutes=turn)),
            lambda turn: _plainly(port, pending[turn :: bench.rounds]),
            clock=perf_counter,
        )
        each = len(pending) // bench.rounds
        detail = f"{per_second(each, own)}, smtplib {per_second(each, theirs)}"
        work = f"delivering {len(pending):,} notices on one connection to loopback"
        yield Row(work, "shm", speed(own, theirs), "of the speed of smtplib", Goal(least=0.8), detail)


def _rendered(bench: Bench, notices: Sequence[Notice]) -> Row:
    contexts = [
        {**vars(notice), "sections": [section.plain() for section in notice.sections],
         "overview": vars(summary_of(notice.sections).overview)}
        for notice in notices
    ]  # fmt: skip
    own, theirs = rounds(
        bench.rounds,
        lambda _turn: [render_notice(notice) for notice in notices],
        lambda _turn: [_by_jinja(context) for context in contexts],
    )
    detail = f"{median(own):.2f} s, Jinja {median(theirs):.2f} s"
    work = f"rendering {len(notices):,} notices"
    return Row(work, "shm", cost(own, theirs), "× compiled sandboxed Jinja", Goal(most=1.3), detail)


@cache
def _template(name: str) -> Template:
    ours = templates.environment("vi")
    plain = ImmutableSandboxedEnvironment(
        loader=FileSystemLoader(templates.folders("vi")), undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True, keep_trailing_newline=True, autoescape=lambda name: bool(name and ".html." in name),
    )  # fmt: skip
    plain.filters |= ours.filters
    return plain.get_template(name)


def _by_jinja(context: dict[str, Any]) -> list[str]:
    for section in context["sections"]:
        section["text"] = _template(f"{section['template']}.txt.j2").render(**context, section=section)
    return [_template(name).render(context) for name in ("subject.txt.j2", "digest.txt.j2", "digest.html.j2")]


def _plainly(port: int, messages: Sequence[MessageRow]) -> None:
    """What one would write without an engine: no check, no record."""
    with smtplib.SMTP("127.0.0.1", port) as server:
        for row in messages:
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "kh@127.0.0.1", row.recipient, row.subject
            mail["Message-ID"], mail["Auto-Submitted"] = row.message_id, "auto-generated"
            mail.set_content(row.body)
            mail.add_alternative(row.html, subtype="html")
            server.send_message(mail)


@contextmanager
def _mail_server() -> Iterator[int]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = int(free.getsockname()[1])
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    assert server.stdout is not None
    assert server.stdin is not None
    server.stdout.readline()
    try:
        yield port
    finally:
        server.stdin.close()
        server.wait()
