"""Each plan over its whole life with nobody acting: every notice arrives at a real mail server on the right day.

The expected days are worked out here from the holidays package alone, not by the engine.
"""

from collections import defaultdict
from datetime import date, datetime, timedelta
from typing import Any

import pytest
from conftest import HANOI, ROOT, Kh, Mailbox, act, at
from holidays.countries import Vietnam

from engine.clock import system_clock
from engine.office import Office
from engine.plan.loader import load_plan
from engine.service.start import start
from engine.service.ticking import tick

PLANS = {
    "dong-thap-2020-tong-ket": ("2020-03-04", "2020-06-30"),
    "phu-tho-2018-giua-ky": ("2018-06-15", "2018-10-31"),
    "kon-tum-2018-giua-ky": ("2018-08-01", "2018-12-31"),
    "gia-lai-2023-so-ket": ("2023-10-30", "2023-12-31"),
    "dong-thap-2022-thi-dua": ("2022-08-08", "2026-01-31"),
}
pytestmark = pytest.mark.slow
VN = Vietnam(years=range(2018, 2027))
VN.append({"2026-01-02": "swapped with 2026-01-10, announced on 2025-12-25"})
VN.weekend_workdays.add(date(2026, 1, 10))


def working(day: date, n: int) -> date:
    return VN.get_nth_working_day(day, n)


def between(first: date, last: date) -> int:
    """Working days after `first` up to and with `last`."""
    return sum(VN.is_working_day(first + timedelta(days=n)) for n in range(1, (last - first).days + 1))


@pytest.mark.parametrize("plan", PLANS)
def test_every_rung_of_every_dated_duty_arrives_on_its_day(
    plan: str, office: Office, mailbox: Mailbox, kh: Kh, freezer: Any
) -> None:
    first, last = map(date.fromisoformat, PLANS[plan])
    freezer.move_to(at(f"{first} 08:00"))
    start(office_with_mail(office, mailbox), ROOT / "plans" / f"{plan}.yaml", "x", act(system_clock()))
    arrived = live(office, mailbox, freezer, first, last)
    source = load_plan(ROOT / "plans" / f"{plan}.yaml")
    assert source.plan is not None
    assert source.directory is not None
    units, coordinator = source.directory.units, source.plan.coordinator
    sent: dict[tuple[str, str, str], list[date]] = defaultdict(list)
    for message in kh("notices", "list", "--json").json:
        assert message["status"] == "sent"
        day = arrived[message["message_id"]]
        assert day.isoformat() == message["date"]
        for item in message["items"]:
            sent[item["task"], item["rung"], message["recipient"]].append(day)
    opened = {row["task"]: row["happened_at"] for row in kh("log", "x", "--json").json if row["after"] == "assigned"}
    checked = 0
    for task in kh("tasks", "x", "--json").json:
        stage = source.plan.stages[task["stage"]]
        if task["last_day"] is None or task["state"] != "assigned" or stage.soft or task["provisional"]:
            continue
        last_day, named = (date.fromisoformat(task[key] or task["last_day"]) for key in ("last_day", "named"))
        opening = datetime.fromisoformat(opened[task["task"]]).astimezone(HANOI).date()
        unit = units[task["unit"]]
        own, chief = unit.contact.email, units[coordinator].contact.email
        superior = units[unit.parent].contact.email if unit.parent else None
        top = superior is None or task["unit"] == source.plan.document.issuer
        assert sent[task["task"], "opening", own] == [max(opening, working(opening - timedelta(days=1), 1))]
        for n in (7, 3, 1):
            day = working(last_day, -n)
            wanted = [day] if day > opening and between(opening, day) >= 3 else []
            assert sent[task["task"], f"T-{n}", own] == wanted, (task["task"], n)
        expected = {"T+1": [own, chief] if top else [own]}
        if not top:
            expected |= {"T+3": [own, chief], "T+5": [superior, chief], "T+10": [own]}
        for rung, addresses in expected.items():
            day = working(named, int(rung[2:]))
            if day <= last:
                for address in addresses:
                    assert sent[task["task"], rung, address] == [day], (task["task"], rung, address)
                checked += 1
        if top:
            assert not any(key[0] == task["task"] and key[1] in ("T+3", "T+5", "T+10") for key in sent)
    assert checked > 20
    assert len({(mail["To"], arrived[mail["Message-ID"]]) for mail in mailbox.mails}) == len(mailbox.mails)


OPEN = [word for state in ("waiting", "assigned", "in_progress", "submitted") for word in ("--state", state)]


def office_with_mail(office: Office, mailbox: Mailbox) -> Office:
    from engine.config import load_settings

    office.settings = load_settings()
    assert office.settings.smtp is not None
    return office


def live(office: Office, mailbox: Mailbox, freezer: Any, first: date, last: date) -> dict[str, date]:
    """One tick a morning; Message-ID → the day it arrived."""
    arrived: dict[str, date] = {}
    day = first
    while day <= last:
        if day > first:
            freezer.move_to(at(f"{day} 07:30"))
        tick(office, system_clock())
        for mail in mailbox.mails[len(arrived) :]:
            arrived[mail["Message-ID"]] = day
        day += timedelta(days=1)
    return arrived


@pytest.mark.parametrize("plan", PLANS)
def test_a_plan_runs_to_completion_by_the_command_line_alone(plan: str, kh: Kh, freezer: Any) -> None:
    first, last = map(date.fromisoformat, PLANS[plan])
    freezer.move_to(at(f"{first} 08:00"))
    kh("start", plan, "--id", "x")
    day = first
    for _ in range(60):
        freezer.move_to(at(f"{day} 10:00"))
        kh("tick")
        if kh("tasks", "x", "--json", "--state", "transferring").json:
            kh("transfer", "x", "--state", "transferring", "--to", "so-nv", "--reason", "its unit ended")
        for task in kh("tasks", "x", "--json", "--state", "assigned").json:
            if task["approximate"]:
                kh("fix-date", task["task"], task["to"])
        if kh("tasks", "x", "--json", "--state", "assigned", "--state", "in_progress").json:
            kh("submit", "x", "--state", "assigned", "--state", "in_progress", "--doc", f"1/BC, {day}")
        if kh("tasks", "x", "--json", "--state", "submitted").json:
            kh("accept", "x", "--state", "submitted")
        day += timedelta(days=30)
        if day > last and not kh("tasks", "x", "--json", *OPEN).json:
            break
    status = kh("status", "x", "--json").json
    assert [row["missing"] for row in status["stages"] if row["missing"]] == []
    assert status["open_in_time"] == status["open_overdue"] == status["undated"] == 0
    assert status["done_on_time"] + status["done_late"] > 0


def test_the_yearly_reports_are_made_once_ahead_of_time_and_end_with_the_plan(kh: Kh, freezer: Any) -> None:
    freezer.move_to(at("2022-08-08 08:00"))
    kh("start", "dong-thap-2022-thi-dua", "--id", "x")
    tasks = kh("tasks", "x/bao-cao-nam", "--json").json
    names = [task["task"] for task in tasks]
    units = {task["unit"] for task in tasks}
    assert {(task["period"], task["last_day"]) for task in tasks} == {
        (str(year), f"{year}-12-09") for year in range(2022, 2026)
    }
    assert len(names) == len(set(names)) == 4 * len(units)
    assert len([unit for unit in units if unit.startswith(("huyen-", "tp-", "tx-"))]) == 12
    for day, states in (
        ("2022-08-08", {"waiting"}),
        ("2022-11-10", {"assigned", "waiting"}),
        ("2026-06-01", {"assigned"}),
    ):
        freezer.move_to(at(f"{day} 08:00"))
        for _ in range(2):
            kh("tick")
        again = kh("tasks", "x/bao-cao-nam", "--json").json
        assert [task["task"] for task in again] == names
        assert {task["state"] for task in again} <= states | {"transferring"}
    assert "exists already" in kh("start", "dong-thap-2022-thi-dua", "--id", "x", ok=False).err
