"""What an office does while it is killed: command lines that came before, those under fire, those that follow."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from conftest import ROOT

Words = list[str]
START, MORNING = "2020-03-04T08:00", "2020-03-18T08:00"
# The second tells the coordinator what the first could not deliver.
LATE = (["tick", "--at", "2020-03-31T08:00"], ["tick", "--at", "2020-04-01T08:00"])


@dataclass(frozen=True)
class Scenario:
    """`atomic`: each command under fire is one transaction; after it, it is wholly there or wholly absent."""

    before: Sequence[Words]
    under_fire: Sequence[Words]
    then: Sequence[Words] = LATE
    atomic: bool = True
    old_schema: str = ""  # the office begins with a kept database of that schema
    killed_before: bool = False  # the last of `before` was killed half-way


def plan(rng: random.Random) -> str:
    """A small plan of varying shape: who accepts, who has no contact, whose mailbox is gone."""
    units = [f"h{n}" for n in range(1, rng.randint(3, 5))]
    gone, mute = rng.choice([*units, ""]), rng.choice([*units, "", ""])
    lines = []
    for unit in units:
        address = f"{'dead-' if unit == gone else ''}{unit}@t.example.vn"
        contact = "" if unit == mute else f", contact: {{email: {address}}}"
        lines.append(f"    {unit}: {{name: Huyện {unit}, level: district, parent: ubnd{contact}}}")
    accepts = rng.choice(["", "    accept_by: so-a\n"])
    return PLAN.replace("    @UNITS@", "\n".join(lines)).replace("@ACCEPT@", accepts)


PLAN = """
plan: nho
title: Kế hoạch nhỏ
document: {number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}
directory:
  units:
    ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
    so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
    @UNITS@
  groups:
    huyen: {level: district}
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
stages:
  bao-cao:
    name: Báo cáo
    clause: I.1
    responsible: {each: huyen}
    submit_to: so-a
@ACCEPT@    deadline: trước ngày 30/3/2020
  tong-hop:
    name: Tổng hợp
    clause: I.2
    responsible: so-a
    after: [bao-cao]
    inferred: 10 ngày làm việc sau khi bao-cao
"""

STARTED: list[Words] = [["start", "plan.yaml", "--id", "x", "--at", START]]
TOLD = [*STARTED, ["tick", "--at", START]]
DAY = ["--at", "2020-03-20T08:00"]


def _request(unit: str) -> Words:
    return [
        "extend",
        "request",
        f"x/bao-cao/{unit}",
        "--until",
        "2020-04-10",
        "--doc",
        "5/H, 2020-03-19",
        "--reason",
        "mưa lũ",
        *DAY,
    ]


SCENARIOS: dict[str, Callable[[int], Scenario]] = {
    "start": lambda _seed: Scenario([], STARTED),
    "a move": lambda _seed: Scenario(TOLD, [["submit", "x/bao-cao/h1", *DAY]]),
    "moves in bulk": lambda _seed: Scenario(
        TOLD, [["ack", "x/bao-cao", "--at", "2020-03-06T08:00"], ["submit", "x/bao-cao", "--except", "h2", *DAY]]
    ),
    "undo": lambda _seed: Scenario(
        [*TOLD, ["cancel", "x/bao-cao/h2", "--reason", "nhầm", *DAY]],
        [["undo", "@last cancel@", "--reason", "ghi nhầm", "--at", "2020-03-21T08:00"]],
    ),
    "tick": lambda _seed: Scenario(STARTED, [["tick", "--at", START]], atomic=False),
    "digest": lambda _seed: Scenario(TOLD, LATE[:1], LATE[1:], atomic=False),
    "delivery": lambda seed: Scenario(TOLD, [["tick", "--at", f"2020-03-{24 + seed % 4}T09:00"]], atomic=False),
    "recovery": lambda _seed: Scenario(
        [*TOLD, ["tick", "--at", MORNING]], [["tick", "--at", MORNING]], atomic=False, killed_before=True
    ),
    "extension": lambda _seed: Scenario(
        TOLD,
        [_request("h1"), ["extend", "grant", "x/bao-cao/h1", "--at", "2020-03-21T08:00", "--doc", "6/U, 2020-03-21"]],
        [["tick", "--at", "2020-04-01T08:00"], ["tick", "--at", "2020-04-03T08:00"]],
    ),
    "suspension": lambda _seed: Scenario(
        TOLD,
        [
            ["suspend", "x/bao-cao/h1", "--doc", "7/U, 2020-03-20", "--reason", "chờ", *DAY],
            ["resume", "x/bao-cao/h1", "--doc", "8/U, 2020-03-24", "--reason", "tiếp", "--at", "2020-03-24T08:00"],
        ],
    ),
    "amend": lambda _seed: Scenario(
        TOLD, [["amend", "x", "amended.yaml", "--apply", "--doc", "9/KH, 2020-03-20", *DAY]]
    ),
    "transfer": lambda _seed: Scenario(
        TOLD, [["transfer", "x/bao-cao/h1", "--to", "so-a", "--doc", "9/U, 2020-03-20", "--reason", "sáp nhập", *DAY]]
    ),
    "units": lambda _seed: Scenario(TOLD, [["units", "load", "units.yaml", "--at", "2020-03-20T08:00"]]),
    "backup": lambda _seed: Scenario(TOLD, [["backup", "copy.db"]]),
    "migration": lambda seed: Scenario([], [["db", "upgrade"]], old_schema=f"000{1 + seed % 5}"),
    "seals": lambda _seed: Scenario(
        [*TOLD, ["ack", "x/bao-cao", "--at", "2020-03-06T08:00"]], [["audit", "anchor"]], atomic=False
    ),
}


def lay_out(folder: Path, name: str, seed: int) -> Scenario:
    """The files a scenario needs."""
    rng = random.Random(f"{name} {seed}")
    text = plan(rng)
    (folder / "plan.yaml").write_text(text, encoding="utf-8")
    amended = text.replace("trước ngày 30/3/2020", "trước ngày 6/4/2020").replace("Tổng hợp", "Tổng hợp chung")
    (folder / "amended.yaml").write_text(amended, encoding="utf-8")
    start, end = text.index("  units:"), text.index("coordinator:")
    units = "\n".join(line.removeprefix("  ") for line in text[start:end].splitlines())
    (folder / "units.yaml").write_text(units.replace("h1@t", "huyen-mot@t") + "\n", encoding="utf-8")
    return SCENARIOS[name](seed)


def old_dump(version: str) -> str:
    return (ROOT / "tests" / "data" / f"schema-{version}.sql").read_text("utf-8")
