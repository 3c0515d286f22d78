"""A morning released in waves says what it would say at once."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Kh

from engine import waves

pytestmark = pytest.mark.store("sqlite")  # on paper everything is

PLANS = sorted((Path(__file__).parent.parent / "plans").glob("*.yaml"))
# Two districts with one mailbox, one that nobody can reach, one on two channels.
SHARED = SMALL.replace(
    "    h2: {name: Huyện Hai, level: district, parent: ubnd, contact: {email: h2@t.example.vn}}",
    """    h2: {name: Huyện Hai, level: district, parent: ubnd, contact: {email: h1@t.example.vn}}
    h3: {name: Huyện Ba, level: district, parent: ubnd}
    h4: {name: Huyện Bốn, level: district, parent: ubnd, contact: {email: h4@t.example.vn, file: h4}}""",
)
Write = Callable[..., Path]


@pytest.mark.parametrize("name", ["shared", *(path.name for path in PLANS)])
def test_the_size_of_a_wave_changes_nothing(
    name: str, kh: Kh, plan_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan = plan_file(SHARED) if name == "shared" else PLANS[0].parent / name
    found = []
    for size in (1, 10**9):
        monkeypatch.setattr(waves, "WAVE", size)
        rows = {row.pop("message_id"): row for row in kh("simulate", plan, "--json").json}
        found.append({key: {**row, "id": None} for key, row in rows.items()})  # numbered in the order of the waves
    assert found[0] == found[1] != {}


def test_one_message_for_a_shared_mailbox_and_who_coordinates_hears_of_who_cannot_be_reached(
    kh: Kh, plan_file: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(waves, "WAVE", 1)
    rows = kh("simulate", plan_file(SHARED), "--until", "2020-03-04", "--json").json
    told = {(row["channel"], row["recipient"]): [item["task"] for item in row["items"]] for row in rows}
    assert len(rows) == len(told)
    assert told["email", "h1@t.example.vn"] == ["nho/bao-cao/h1", "nho/bao-cao/h2"]
    assert told["email", "h4@t.example.vn"] == told["file", "h4"] == ["nho/bao-cao/h4"]
    assert told["email", "so-a@t.example.vn"] == ["nho/bao-cao/h3"]
