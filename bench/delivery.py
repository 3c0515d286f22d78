"""How fast notices are made and handed over, beside a plain smtplib program: `make bench`.

One run measures all: so many notices rendered and stored; then the same mails, built and sent on one connection to the
same server, by the engine and by a dozen lines of smtplib. Times differ from machine to machine, ratios little.
"""

import smtplib
import socket
import subprocess
import sys
import tempfile
import time
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

from engine import outbox
from engine.calendar import Calendar
from engine.config import load_settings
from engine.db import open_store, writing
from engine.delivery import Delivered, deliver
from engine.machine import Act
from engine.office import Office
from engine.rows import MessageRow
from engine.service.start import start
from engine.service.ticking import tick

NOTICES = int(sys.argv[1]) if len(sys.argv) > 1 else 10_000
TURNS = 10
ON = datetime(2020, 3, 4, 1, tzinfo=UTC)
PLAN = """
plan: nhieu
title: Kế hoạch có nhiều xã
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory: xa.yaml
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  bao-cao:
    name: Báo cáo tổng kết của xã, phường, thị trấn
    clause: II.1
    responsible: {each: xa}
    submit_to: so-a
    deadline: trước ngày 30/3/2020
    content: [Tình hình thực hiện, Kết quả đạt được, Khó khăn và nguyên nhân, Kiến nghị]
    outputs: [{name: Báo cáo tổng kết, kind: report, count: 1, form: [công văn, tệp], outline: Phụ lục I}]
"""
DIRECTORY = """
units:
  ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
  so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
units_from: xa.csv
groups: {xa: {level: commune}}
"""
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


def office_in(folder: Path, port: int) -> Office:
    rows = [f"x{number},Xã {number},commune,ubnd,x{number}@t.example.vn" for number in range(NOTICES)]
    (folder / "xa.csv").write_text("\n".join(["id,name,level,parent,email", *rows]), "utf-8")
    (folder / "xa.yaml").write_text(DIRECTORY, "utf-8")
    (folder / "plan.yaml").write_text(PLAN, "utf-8")
    settings = load_settings(folder, {"KH_SMTP_HOST": "127.0.0.1", "KH_SMTP_PORT": str(port)})
    return Office(open_store(f"sqlite:///{folder / 'kh.db'}"), settings, Calendar())


def plainly(port: int, rows: list[MessageRow]) -> float:
    """What one would write without an engine: no check, no record. The seconds it took."""
    begun = time.perf_counter()
    with smtplib.SMTP("127.0.0.1", port) as server:
        for row in rows:
            mail = EmailMessage()
            mail["From"], mail["To"], mail["Subject"] = "kh@127.0.0.1", row.recipient, row.subject
            mail["Message-ID"], mail["Auto-Submitted"] = row.message_id, "auto-generated"
            mail.set_content(row.body)
            mail.add_alternative(row.html, subtype="html")
            server.send_message(mail)
    return time.perf_counter() - begun


def main() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    server = subprocess.Popen([sys.executable, "-c", SERVER, str(port)], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    server.stdout.readline()  # type: ignore[union-attr]
    with tempfile.TemporaryDirectory() as name:
        office = office_in(Path(name), port)
        start(office, Path(name) / "plan.yaml", "nhieu", Act("bench", ON, ON))
        begun = time.perf_counter()
        ticked = tick(office, ON, deliver=lambda _office, _now: Delivered())
        took = time.perf_counter() - begun
        print(f"{ticked.composed.messages} notices decided, rendered and stored in {took:.1f} s")
        compare(office, port)
    server.stdin.close()  # type: ignore[union-attr]
    server.wait()


def compare(office: Office, port: int) -> None:
    """The engine and the plain program in turns: a busy machine is as busy for both."""
    with writing(office.engine) as connection:
        rows = outbox.with_status(connection, outbox.pending_messages(connection, ON), "pending")
        for number, row in enumerate(rows):
            later = ON + timedelta(minutes=number % TURNS)
            outbox.update_message(connection, row.id, while_status="pending", next_attempt_at=later)
    ours = theirs = 0.0
    for turn in range(TURNS):
        theirs += plainly(port, rows[turn::TURNS])
        begun = time.perf_counter()
        deliver(office, ON + timedelta(minutes=turn))
        ours += time.perf_counter() - begun
    print(f"a notice delivered and recorded: {ours / len(rows) * 1000:.2f} ms,", end=" ")
    print(f"by smtplib alone: {theirs / len(rows) * 1000:.2f} ms; speed beside it: {theirs / ours:.2f}")


if __name__ == "__main__":
    main()
