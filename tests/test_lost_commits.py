"""The connection is lost inside COMMIT: whether it took place is looked up, and nothing is done twice or not at all."""

import os
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import pytest
from conftest import Kh, Mailbox
from cutting import Wire, wire

from engine.calendar import Calendar

pytestmark = pytest.mark.store("postgresql")
Write = Callable[..., Path]
EVERY_COMMIT = 40  # more than there are of a tick


@pytest.fixture
def line(kh: Kh, monkeypatch: pytest.MonkeyPatch) -> Iterator[Wire]:
    with wire(os.environ["KH_DATABASE_URL"]) as (found, url):
        monkeypatch.setenv("KH_DATABASE_URL", url)
        yield found


@pytest.mark.parametrize("reached", [True, False])
def test_a_move_is_there_once(line: Wire, kh: Kh, plan_file: Write, reached: bool) -> None:
    kh("start", plan_file(), "--id", "x", "--at", "2020-03-04")
    for unit in ("h1", "h2"):
        line.cut(1, reached=reached)
        kh("submit", f"x/bao-cao/{unit}", "--at", "2020-03-20")
        assert line.cut_at == 0
    assert line.cuts == 2
    log = kh("log", "--json").json
    assert Counter(entry["trigger"] for entry in log)["submit"] == 2
    assert {task["state"] for task in kh("tasks", "x/bao-cao", "--json").json} == {"completed"}


@pytest.mark.slow
@pytest.mark.parametrize("reached", [True, False])
def test_a_tick_that_is_cut_at_any_commit_is_made_up_for(
    line: Wire, kh: Kh, plan_file: Write, mailbox: Mailbox, reached: bool
) -> None:
    """Every morning a plan begins, and three more commits of its tick get through."""
    plan, day = plan_file(), date(2020, 3, 4)
    for number in range(1 + reached, EVERY_COMMIT, 3):
        day = Calendar().next_working(day + timedelta(1))
        kh("start", plan, "--id", f"x{number}", "--at", f"{day}T07:00", "--backdate")
        before, cuts = len(mailbox.mails), line.cuts
        line.cut(number, reached=reached)
        cut = kh("tick", "--at", f"{day}T08:00", ok=False)
        line.cut(0, reached=reached)
        assert cut.code in (0, 4), cut.err
        kh("tick", "--at", f"{day}T08:00")
        ids = Counter(mail["Message-ID"] for mail in mailbox.mails[before:])
        assert len({mail["To"] for mail in mailbox.mails[before:]}) >= 2
        assert len(ids) <= sum(ids.values()) <= len(ids) + 1  # the one between acceptance and record, under its name
        assert kh("notices", "list", "--status", "pending", "--json").json == []
        if line.cuts == cuts:
            break
    else:
        pytest.fail("there was a commit to cut every time")
    assert number > 5
