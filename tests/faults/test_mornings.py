"""Workers that are killed, and one whose line to the database is cut, while many rungs fall due at once.

`make faults-pg` does it with a hundred thousand.
"""

import re

import morning
import namespaces
import pytest
from conftest import free_port

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("programs")]


def test_what_killed_workers_held_goes_out_once(capfd: pytest.CaptureFixture[str]) -> None:
    wrong = morning.kills(400, 4, free_port(), between=(0.5, 4))
    out = capfd.readouterr().out
    assert not wrong, out
    assert "400 rungs, 400 mails" in out
    assert re.search(r"; [1-4] blows", out), out


def test_who_is_cut_off_from_the_database_does_no_harm(capfd: pytest.CaptureFixture[str]) -> None:
    if reason := namespaces.why_not():
        pytest.skip(reason)
    wrong = morning.cuts(400, 1, free_port(), most=10)
    out = capfd.readouterr().out
    assert not wrong, out
    assert "400 rungs, 400 mails" in out
    assert "1 blows" in out
