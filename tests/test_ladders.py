"""What a plan's own ladder may say: every target, every condition, every moment, repeats with a cap; lived through."""

from collections.abc import Callable, Iterable
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import SMALL, Kh, Mailbox, text_of

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]
ON = "2020-03-04T08:00"
UNITS = """
    so-b: {name: Sở B, level: department, parent: ubnd, contact: {email: so-b@t.example.vn}}
    so-c: {name: Sở C, level: department, parent: ubnd, contact: {email: so-c@t.example.vn}}
    so-d: {name: Sở D, level: department, parent: ubnd, contact: {email: so-d@t.example.vn}}
"""
HEADED = "parent: ubnd, contact: {email: h1@t.example.vn}, head: {name: A, email: chu-tich@t.example.vn}"


def plan(rungs: Iterable[str], stage: str = "", head: str = HEADED) -> str:
    """The small plan with a ladder and more units; of its stages only those given."""
    text, _sep, _stages = SMALL.partition("stages:")
    text = text.replace("parent: ubnd, contact: {email: h1@t.example.vn}", head)
    text = text.replace("  groups:", f"{UNITS.strip(chr(10))}\n  groups:")
    ladder = "".join(f"    - {{{rung}}}\n" for rung in rungs)
    return f"{text}ladder: rieng\nladders:\n  rieng:\n{ladder}stages:\n{stage}"


def days(first: str, last: str) -> Iterable[str]:
    start, end = date.fromisoformat(first), date.fromisoformat(last)
    return ((start + timedelta(n)).isoformat() for n in range((end - start).days + 1))


def told(kh: Kh, selector: str) -> list[tuple[str, str, str]]:
    """(day, rung, recipient) of what went out."""
    rows = kh("notices", "why-not", selector, "--json").json
    return [(row["due_at"][:10], row["rung"], row["recipient"]) for row in rows if row["outcome"] == "sent"]


def outcomes(kh: Kh, selector: str) -> dict[tuple[str, int], str]:
    rows = kh("notices", "why-not", selector, "--json").json
    return {(row["rung"], row["occurrence"]): row["outcome"] for row in rows}


VIEC = """  viec: {name: Việc, clause: I, responsible: h1, with: [so-b], submit_to: [so-c, parent], through: so-d,
         deadline: trước ngày 30/3/2020}
"""
HOP = """  hop: {name: Họp, clause: II, type: event, responsible: h1, chair: so-b, attend: [so-c, so-d],
        deadline: trước ngày 30/3/2020}
"""
TARGETS = {
    "responsible": ["h1"], "head": ["h1#head"], "with": ["so-b"], "coordinator": ["so-a"], "parent": ["ubnd"],
    "submit_to": ["so-c", "ubnd"], "through": ["so-d"], "issuer": ["ubnd"], "h2": ["h2"], "huyen": ["h1", "h2"],
}  # fmt: skip


@pytest.mark.parametrize(("target", "units"), TARGETS.items())
def test_each_target_of_a_task(kh: Kh, plan_file: Write, mailbox: Mailbox, target: str, units: list[str]) -> None:
    rung = f"severity: 0, when: opening, to: {target}, template: giao-viec"
    kh("start", str(plan_file(plan([rung], VIEC))), "--id", "x", "--at", ON)
    kh("tick", "--at", ON)
    assert [unit for _day, _rung, unit in told(kh, "x/viec")] == units


@pytest.mark.parametrize(("target", "units"), [("chair", ["so-b"]), ("attend", ["so-c", "so-d"])])
def test_each_target_of_an_event(kh: Kh, plan_file: Write, mailbox: Mailbox, target: str, units: list[str]) -> None:
    rung = f"severity: 0, when: opening, to: {target}, template: giao-viec"
    kh("start", str(plan_file(plan([rung], HOP))), "--id", "x", "--at", ON)
    kh("tick", "--at", ON)
    assert [unit for _day, _rung, unit in told(kh, "x/hop")] == units


DEPUTY = "deputies: [{email: pho@t.example.vn, from: 2020-03-04, to: 2020-03-31}]"


@pytest.mark.parametrize(
    ("head", "days_to"),
    [
        (f"{HEADED}, {DEPUTY}", ["pho@t.example.vn", "chu-tich@t.example.vn"]),
        (f"parent: ubnd, contact: {{email: h1@t.example.vn}}, {DEPUTY}", ["pho@t.example.vn"]),
        ("parent: ubnd, contact: {email: h1@t.example.vn}", []),
    ],
)
def test_the_deputy_in_charge_of_the_day_stands_for_the_head(
    kh: Kh, plan_file: Write, mailbox: Mailbox, head: str, days_to: list[str]
) -> None:
    rung = "severity: 0, when: opening, to: head, template: giao-viec, repeat: {every: 20 ngày làm việc}"
    kh("start", str(plan_file(plan([rung], VIEC, head))), "--id", "x", "--at", ON)
    for day in ("2020-03-04", "2020-04-01"):
        kh("tick", "--at", f"{day}T08:00")
    assert [mail["To"] for mail in mailbox.mails] == days_to
    assert all("Kính gửi: Thủ trưởng Huyện Một" in text_of(mail) for mail in mailbox.mails)
    assert len(kh("notices", "why-not", "x", "--json").json) == len(days_to)  # without a head nobody is missed


def test_after_the_hand_in_and_after_a_return(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    ladder = [
        "severity: 0, when: opening, to: responsible, template: giao-viec",
        "severity: 1, when: 2 ngày làm việc sau khi gửi, if: not-accepted, to: coordinator, template: nhac-viec,"
        " repeat: {every: 1 ngày làm việc, at_most: 3}",
        "severity: 1, when: 2 ngày làm việc sau khi trả lại, if: not-submitted, to: responsible, template: nhac-viec",
        "severity: 1, when: 3 ngày làm việc sau khi giao, if: not-acknowledged, to: responsible, template: nhac-viec",
    ]
    accepted = VIEC.replace("through:", "accept_by: so-a, through:")
    kh("start", str(plan_file(plan(ladder, accepted))), "--id", "x", "--at", ON)
    kh("tick", "--at", ON)
    kh("ack", "x/viec", "--at", "2020-03-05T09:00")
    kh("submit", "x/viec", "--at", "2020-03-09T09:00")
    for day in days("2020-03-05", "2020-03-20"):
        kh("tick", "--at", f"{day}T08:00")
    assert told(kh, "x/viec") == [
        ("2020-03-04", "opening", "h1"),
        *((f"2020-03-{day}", "submission+2", "so-a") for day in (11, 12, 13)),  # three times and no more
    ]
    assert outcomes(kh, "x/viec")["opening+3", 1] == "done"
    kh("return", "x/viec", "--reason", "thiếu phụ lục", "--at", "2020-03-20T09:00")
    for day in days("2020-03-21", "2020-03-26"):
        kh("tick", "--at", f"{day}T08:00")
    assert told(kh, "x/viec")[-1] == ("2020-03-24", "return+2", "h1")
    kh("submit", "x/viec", "--at", "2020-03-26T09:00")
    kh("accept", "x/viec", "--at", "2020-03-27T09:00")
    for day in days("2020-03-27", "2020-04-10"):
        kh("tick", "--at", f"{day}T08:00")
    assert told(kh, "x/viec")[-1] == ("2020-03-24", "return+2", "h1")


def test_a_hand_in_accepted_before_its_rung_ends_as_done(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    ladder = ["severity: 1, when: 2 ngày sau khi gửi, if: not-accepted, to: coordinator, template: nhac-viec"]
    kh("start", str(plan_file(plan(ladder, VIEC.replace("through:", "accept_by: so-a, through:")))), "--id", "x",
       "--at", ON)  # fmt: skip
    kh("submit", "x/viec", "--at", "2020-03-13T09:00")  # a Friday: two days on is a Sunday, told on the Monday
    kh("tick", "--at", "2020-03-15T08:00")
    kh("accept", "x/viec", "--at", "2020-03-16T07:00")
    kh("tick", "--at", "2020-03-16T08:00")
    assert mailbox.mails == []
    assert set(outcomes(kh, "x/viec").values()) <= {"done"}


def test_own_rungs_about_dates_that_are_open(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    ladder = [
        "severity: 0, when: 5 ngày làm việc trước hạn, if: not-fixed, to: so-b, template: chot-ngay",
        "severity: 0, when: 3 ngày làm việc sau khi giao, if: not-fixed, to: so-c, template: chot-ngay",
        "severity: 0, when: 2 ngày làm việc sau khi giao, if: undated, to: so-d, template: chua-co-han,"
        " repeat: {every: 1 tháng, at_most: 2}",
    ]
    stages = (
        "  mo: {name: Mở, clause: I, responsible: h1}\n"
        "  gan: {name: Gần, clause: II, responsible: h1, deadline: cuối tháng 4/2020}\n"
    )
    kh("start", str(plan_file(plan(ladder, stages))), "--id", "x", "--at", ON)
    for day in days("2020-03-04", "2020-05-20"):
        kh("tick", "--at", f"{day}T08:00")
    assert [row for row in told(kh, "x/mo") if row[2] == "so-d"] == [
        ("2020-03-06", "opening+2", "so-d"), ("2020-04-06", "opening+2", "so-d"),
    ]  # fmt: skip
    assert {row for row in told(kh, "x/gan") if row[2] != "so-a"} == {
        ("2020-03-09", "opening+3", "so-c"), ("2020-04-14", "T-5", "so-b"),
    }  # fmt: skip


def test_several_rungs_of_one_level_on_one_day_all_go_out(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    ladder = [
        "severity: 2, when: 1 ngày làm việc sau hạn, if: not-submitted, to: responsible, template: don-doc",
        "severity: 2, when: 1 ngày làm việc sau hạn, if: not-submitted, to: responsible, template: giai-trinh",
        "severity: 1, when: 1 ngày làm việc sau hạn, if: not-submitted, to: responsible, template: nhac-qua-han",
    ]
    kh("start", str(plan_file(plan(ladder, VIEC))), "--id", "x", "--at", ON)
    kh("tick", "--at", "2020-03-31T08:00")
    (mail,) = mailbox.to("h1@t.example.vn")
    assert "1. ĐÔN ĐỐC" in text_of(mail)
    assert "2. YÊU CẦU GIẢI TRÌNH" in text_of(mail)
    assert outcomes(kh, "x/viec") == {("T+1", 1): "sent", ("T+1#2", 1): "sent", ("T+1#3", 1): "superseded"}


def test_a_unit_and_its_head_with_one_address_read_it_once(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    ladder = ["severity: 4, when: 1 ngày làm việc sau hạn, if: not-submitted, to: [responsible, head],"
              " template: giai-trinh"]  # fmt: skip
    same = HEADED.replace("chu-tich@", "h1@")
    kh("start", str(plan_file(plan(ladder, VIEC, same))), "--id", "x", "--at", ON)
    kh("tick", "--at", "2020-03-31T08:00")
    (mail,) = mailbox.to("h1@t.example.vn")
    assert "Kính gửi: Huyện Một; Thủ trưởng Huyện Một" in text_of(mail)
    assert text_of(mail).count("- Huyện Một: hạn") == 1


def test_a_letter_reaches_the_coordinator_whoever_the_rung_is_for(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    ladder = ["severity: 2, when: 1 ngày làm việc sau hạn, if: not-submitted, to: responsible, template: don-doc,"
              " letter: true"]  # fmt: skip
    nobody = "parent: ubnd"
    kh("start", str(plan_file(plan(ladder, VIEC, nobody))), "--id", "x", "--at", ON)
    kh("tick", "--at", "2020-03-31T08:00")
    (mail,) = mailbox.to("so-a@t.example.vn")
    (draft,) = mail.iter_attachments()
    assert draft.get_filename() == "du-thao-cong-van-1.docx"
    assert text_of(mail).count("không đến được đơn vị") == 1  # and it hears that the unit was not reached
