"""The main job in seconds: a real plan, a real mail server, districts on time, late and silent."""

import email
import email.policy
import socket
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from pathlib import Path
from types import TracebackType
from typing import Any

from engine import outbox
from engine.calendar import Calendar
from engine.clock import instant_of, shown_day
from engine.config import load_settings
from engine.db import open_store, reading
from engine.errors import NotInstalled
from engine.i18n import _
from engine.ladders import label
from engine.machine import Act
from engine.office import Office
from engine.plan.files import find_plan
from engine.reports.notices import message_views
from engine.reports.status import status_view
from engine.service.facts import fix_date
from engine.service.moves import move
from engine.service.select import Selection, select
from engine.service.start import start
from engine.service.ticking import tick
from engine.states import Trigger

PLAN = "dong-thap-2020-tong-ket"
FIRST, LAST = date(2020, 3, 4), date(2020, 5, 8)
SILENT = "huyen-tan-hong"
LATE = {"huyen-lai-vung": date(2020, 4, 1), "huyen-thap-muoi": date(2020, 4, 8), "tx-hong-ngu": date(2020, 4, 15)}
ON_TIME = date(2020, 3, 27)


class Letterbox:
    """An SMTP server on loopback that keeps what it is sent."""

    def __init__(self) -> None:
        try:
            from aiosmtpd.controller import Controller
        except ImportError as error:
            raise NotInstalled("aiosmtpd", "demo") from error
        self.mails: list[email.message.EmailMessage] = []
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.host, self.port = free.getsockname()[:2]
        self.controller = Controller(self, hostname=self.host, port=self.port)

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        self.mails.append(email.message_from_bytes(envelope.content, policy=email.policy.default))
        return "250 OK"

    def __enter__(self) -> "Letterbox":
        self.controller.start()
        return self

    def __exit__(
        self, _type: type[BaseException] | None, _value: BaseException | None, _trace: TracebackType | None
    ) -> None:
        self.controller.stop()


def play(folder: Path, letterbox: Letterbox, say: Callable[[str], None]) -> dict[str, Any]:
    """Start the plan, live through its two months a working morning at a time, say each notice; the final status."""
    office = _office(folder, letterbox)
    begin = instant_of(FIRST, time(8))
    started = start(office, find_plan(PLAN), "demo", _act(begin))
    say(_("{name} started: {tasks} tasks").format(name=started.name, tasks=started.tasks))
    seen = 0
    day = FIRST
    while day <= LAST:
        morning = begin if day == FIRST else instant_of(day, time(7, 30))
        tick(office, morning)
        seen = _say_new(office, letterbox, seen, day, say)
        _live(office, day)
        day += timedelta(days=1)
    with reading(office.engine) as connection:
        return status_view(office, connection, "demo", instant_of(LAST, time(17)))


def _office(folder: Path, letterbox: Letterbox) -> Office:
    settings = load_settings(
        folder,
        {
            "KH_SMTP_HOST": letterbox.host,
            "KH_SMTP_PORT": str(letterbox.port),
            "KH_SMTP_FROM": "kh@so-ldtbxh.example.vn",
            "KH_USER": "demo",
        },
    )
    return Office(open_store(f"sqlite:///{folder / 'demo.db'}"), settings, Calendar())


def _act(at: datetime) -> Act:
    return Act("demo", at, at)


def _live(office: Office, day: date) -> None:
    """What the units and the coordinator do on a day, through the same functions as the command line."""
    noon = instant_of(day, time(10))
    if day == date(2020, 3, 9):
        move(office, Selection(["demo/*/*"], states=["assigned"], without=[SILENT]), Trigger.ACK, _act(noon))
    if day == ON_TIME:
        _submit(office, Selection(["demo/bao-cao-huyen"], without=[SILENT, *LATE]), noon)
        _submit(office, Selection(["demo/de-xuat-khen-thuong"]), noon)
    due = Selection(["demo"], without=["cap-huyen"], states=["assigned", "in_progress"], due_within=0)
    if _any(office, due, noon):
        _submit(office, due, noon)
    for unit, arrival in LATE.items():
        if day == arrival:
            _submit(office, Selection([f"demo/bao-cao-huyen/{unit}"]), noon)
    if day == date(2020, 4, 10):
        fix_date(office, Selection(["demo/hoi-nghi"]), date(2020, 4, 28), _act(noon))


def _any(office: Office, selection: Selection, now: datetime) -> bool:
    with reading(office.engine) as connection:
        return bool(select(office, connection, selection, now))


def _submit(office: Office, selection: Selection, at: datetime) -> None:
    move(office, selection, Trigger.SUBMIT, _act(at))


def _say_new(office: Office, letterbox: Letterbox, seen: int, day: date, say: Callable[[str], None]) -> int:
    """One line per notice as it arrived at the server, with the labels of its rungs."""
    arrived = letterbox.mails[seen:]
    with reading(office.engine) as connection:
        ids = [str(mail["Message-ID"]) for mail in arrived]
        rows = outbox.messages(connection, outbox.MESSAGE.c.message_id.in_(ids))
        views = {view["message_id"]: view for view in message_views(connection, rows)}
        templates = {row.message_id: _labels(connection, row.id) for row in rows}
    for mail in arrived:
        view = views[str(mail["Message-ID"])]
        line = _("{day}  severity {severity}  {to:<36} {rungs} ({n})")
        rungs = ", ".join(templates[view["message_id"]])
        counted = len(view["items"])
        say(line.format(day=shown_day(day), severity=view["severity"], to=mail["To"], rungs=rungs, n=counted))
    return len(letterbox.mails)


def _labels(connection: Any, message_id: int) -> Sequence[str]:
    rows = outbox.decisions_of_messages(connection, [message_id])[message_id]
    return list(dict.fromkeys(label(row.template) for row in sorted(rows, key=lambda row: -row.severity)))
