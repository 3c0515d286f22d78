"""Who may do what: acceptances, windows of days, deputies, tokens."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh

Write = Callable[..., Path]
PEOPLE = """  people:
    - {user: lan, unit: so-a, may: [coordinate]}
    - {user: mai, unit: h1}
    - {user: nam, unit: h2}
    - {user: duc, unit: ubnd}
    - {user: tam, unit: h1, from: 2020-03-01, to: 2020-03-15}
  groups:"""
PLAN = (
    SMALL.replace("  groups:", PEOPLE)
    .replace("    submit_to: so-a\n", "    submit_to: so-b\n    accept_by: ubnd\n")
    .replace("    h1: {", "    so-b: {name: Sở B, level: department, parent: ubnd}\n    h1: {")
    .replace("- {user: duc", "- {user: hoa, unit: so-b}\n    - {user: duc")
)
AT = ("--at", "2020-03-10")


@pytest.fixture
def act_as(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    return lambda user: monkeypatch.setenv("KH_USER", user)


@pytest.fixture
def started(kh: Kh, plan_file: Write, act_as: Callable[[str], None]) -> None:
    act_as("lan")
    kh("start", str(plan_file(PLAN)), "--id", "x", "--at", "2020-03-04")


def test_a_coordinator_records_an_acceptance_on_paper_only(
    kh: Kh, started: None, act_as: Callable[[str], None]
) -> None:
    kh("submit", "x/bao-cao/h1", *AT)
    assert kh("accept", "x/bao-cao/h1", *AT, ok=False).code == 1
    assert kh("accept", "x/bao-cao/h1", *AT, "--for", "ubnd", ok=False).code == 1
    kh("accept", "x/bao-cao/h1", *AT, "--for", "ubnd", "--doc", "33/UBND-TH, 2020-03-10")
    assert kh("log", "x/bao-cao/h1", "--json").json[-1]["for"] == "ubnd"


def test_what_only_its_own_unit_could_accept_the_coordinator_accepts(
    kh: Kh, plan_file: Write, act_as: Callable[[str], None]
) -> None:
    act_as("lan")
    kh("start", str(plan_file(PLAN.replace("accept_by: ubnd", "accept_by: h1"))), "--id", "x", "--at", "2020-03-04")
    act_as("mai")
    kh("submit", "x/bao-cao/h1", *AT)
    assert kh("accept", "x/bao-cao/h1", *AT, ok=False).code == 1
    act_as("lan")
    kh("accept", "x/bao-cao/h1", *AT)


def test_a_person_acts_in_its_days_and_for_its_unit(
    kh: Kh, started: None, act_as: Callable[[str], None], freezer: Any
) -> None:
    act_as("tam")
    freezer.move_to("2020-03-15T16:59:00Z")  # the 15th, a minute before midnight in Hanoi
    kh("ack", "x/bao-cao/h1")
    freezer.move_to("2020-03-15T17:01:00Z")
    assert "may not" in kh("submit", "x/bao-cao/h1", ok=False).err
    act_as("mai")
    assert "does not act for h2" in kh("submit", "x/bao-cao/h1", "--for", "h2", ok=False).err
    assert "h9" in kh("submit", "x/bao-cao/h1", "--for", "h9", ok=False).err
    kh("submit", "x/bao-cao/h1", "--for", "h1")


def test_a_deputy_acts_for_the_unit_while_it_stands_in(
    kh: Kh, plan_file: Write, act_as: Callable[[str], None], freezer: Any
) -> None:
    deputy = "{user: binh, email: b@t.example.vn, from: 2020-03-09, to: 2020-03-13}"
    head = f"head: {{email: ct@t.example.vn}}, deputies: [{deputy}]"
    text = PLAN.replace("    h1: {name: Huyện Một,", f"    h1: {{name: Huyện Một, {head},")
    act_as("lan")
    freezer.move_to("2020-03-04T01:00:00Z")
    kh("start", str(plan_file(text)), "--id", "x")
    act_as("binh")
    assert kh("ack", "x/bao-cao/h1", ok=False).code == 1
    freezer.move_to("2020-03-10T01:00:00Z")
    kh("ack", "x/bao-cao/h1")
    assert kh("ack", "x/bao-cao/h2", ok=False).code == 1


def test_a_token_shows_who_it_is_and_the_name_alone_does_no_more(
    kh: Kh, started: None, act_as: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = kh("units", "token", "mai").out.strip()
    act_as("mai")
    assert "KH_TOKEN" in kh("ack", "x/bao-cao/h1", *AT, ok=False).err
    act_as("somebody")
    monkeypatch.setenv("KH_TOKEN", secret)
    kh("ack", "x/bao-cao/h1", *AT)
    assert kh("log", "x/bao-cao/h1", "--json").json[-1]["actor"] == "mai"
    monkeypatch.setenv("KH_TOKEN", secret + "x")
    assert "nobody" in kh("submit", "x/bao-cao/h1", *AT, ok=False).err
    assert secret not in kh("log", "--json").out + kh("doctor", "--json", ok=False).out + kh("doctor", ok=False).out
    monkeypatch.delenv("KH_TOKEN")
    act_as("lan")
    kh("units", "token", "mai", "--revoke")
    act_as("mai")
    kh("submit", "x/bao-cao/h1", *AT)


def test_a_token_survives_a_corrected_directory(
    kh: Kh, started: None, plan_file: Write, tmp_path: Path, act_as: Callable[[str], None]
) -> None:
    kh("units", "token", "mai")
    units = PLAN[PLAN.index("  units:") : PLAN.index("coordinator:")]
    file = tmp_path / "plan.yaml"
    file.write_text("\n".join(line[2:] for line in units.splitlines()), encoding="utf-8")
    kh("units", "load", str(file))
    act_as("mai")
    assert "KH_TOKEN" in kh("ack", "x/bao-cao/h1", *AT, ok=False).err


@pytest.mark.parametrize("words", [("nobody",), ("mai", "--directory", "else")])
def test_a_token_is_for_somebody_who_is_named(kh: Kh, started: None, words: tuple[str, ...]) -> None:
    ran = kh("units", "token", *words, ok=False)
    assert ran.code == 1
    assert words[-1] in ran.err


def test_where_nobody_is_named_all_may_and_the_doctor_says_so(kh: Kh, plan_file: Write) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04")
    kh("cancel", "x/bao-cao/h1", "--reason", "thôi", *AT)
    assert "whoever opens this database may do everything" in kh("doctor", ok=False).out
