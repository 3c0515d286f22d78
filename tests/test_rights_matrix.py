"""Who may do what, whole: every person with every command that changes something; each denial is on record."""

import importlib
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest
from conftest import Kh, Mailbox
from test_rights import PLAN, act_as  # noqa: F401

from engine.commands.main import COMMANDS
from engine.states import MOVES, Trigger

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store
Write = Callable[..., Path]
TEXT = PLAN.replace(
    "stages:",
    """ladder: ky
ladders:
  ky:
    - {severity: 0, when: opening, to: responsible, template: giao-viec}
    - {severity: 2, when: opening, to: coordinator, template: giao-viec, release: sign}
questions: [{id: q1, clause: II.2, text: Họp ngày nào?}]
stages:
  hoi-nghi: {name: Hội nghị, clause: II, type: event, deadline: cuối tháng 4/2020, chair: ubnd}""",
)
UNITS = TEXT[TEXT.index("  units:") : TEXT.index("coordinator:")].replace("\n  ", "\n").strip()
DAYS = "announcements: [{source: Thông báo 1, off: 2020-03-20}]\n"
TASK, AT = "x/bao-cao/h1", ("--at", "2020-03-10")
# lan coordinates, mai is of the unit whose task it is, nam of another, hoa of the one it hands in to, duc of the one
# that accepts, tam's days are over, stranger is nobody.
PEOPLE = ("lan", "mai", "nam", "hoa", "duc", "tam", "stranger")
HANDED_IN = (("mai", ("submit", TASK, *AT)),)
PAUSED = (("lan", ("suspend", TASK, "--reason", "dịch", "--doc", "9/QĐ", *AT)),)
ASKED = (("mai", ("extend", "request", TASK, "--until", "2020-04-10", "--reason", "bận", "--doc", "1/UBND", *AT)),)
QUIET = (("lan", ("silence", "add", TASK, "--until", "2030-01-01", "--reason", "nghỉ")),)
MORE = ("--until", "2020-04-08", "--doc", "2/UBND")
Before = tuple[tuple[str, tuple[str, ...]], ...]
# command → (what it is given, who may, what came before); everybody else is denied.
MAY: dict[str, tuple[tuple[str, ...], str, Before]] = {
    "start": (("plan.yaml", "--id", "y", *AT), "lan", ()),
    "fix-date": (("x/hoi-nghi", "2020-04-24", *AT), "lan", ()),
    "answer": (("x", "q1", "ngày 5", *AT), "lan", ()),
    "note": ((TASK, "gọi rồi", *AT), "lan mai hoa", ()),
    "units load": (("nho.yaml",), "lan", ()),
    "units token": (("nam",), "lan", ()),
    "calendar load": (("days.yaml",), "lan", ()),
    "ack": ((TASK, *AT), "lan mai", ()),
    "submit": ((TASK, *AT), "lan mai hoa", ()),
    "accept": ((TASK, *AT), "duc", HANDED_IN),
    "return": ((TASK, "--reason", "thiếu", *AT), "lan duc", HANDED_IN),
    "cancel": ((TASK, "--reason", "thôi", *AT), "lan", ()),
    "exempt": ((TASK, "--reason", "miễn", *AT), "lan", ()),
    "transfer": ((TASK, "--to", "h2", "--reason", "nhập", "--doc", "3/NQ", *AT), "lan", ()),
    "extend request": ((TASK, *MORE, "--reason", "bận", *AT), "lan mai", ()),
    "extend grant": ((TASK, *MORE, *AT), "lan", ASKED),
    "extend refuse": ((TASK, "--reason", "không", "--doc", "2/UBND", *AT), "lan", ASKED),
    "suspend": ((TASK, "--reason", "dịch", "--doc", "9/QĐ", *AT), "lan", ()),
    "resume": ((TASK, *AT), "lan", PAUSED),
    "amend": (("x", "amended.yaml", *AT), "lan", ()),
    "close": (("x", "--reason", "thôi", *AT), "lan", ()),
    "undo": (("@ack@", "--reason", "nhầm", *AT), "lan", (("mai", ("ack", TASK, *AT)),)),
    "notices release": (("@held@", "--doc", "5/U", "--signed-by", "A"), "lan", ()),
    "notices retry": (("@dead@",), "lan", ()),
    "remind": ((TASK,), "lan", ()),
    "silence add": ((TASK, "--until", "2030-01-01", "--reason", "nghỉ"), "lan", ()),
    "silence lift": ((TASK,), "lan", QUIET),
}
ONLY_SHOWS = {"amend"}  # unless told to carry it out


def changing(command: click.Command, name: str) -> Iterator[str]:
    """The commands below one that are done for a unit."""
    if isinstance(command, click.Group):
        for below in command.list_commands(click.Context(command)):
            yield from changing(command.commands[below], f"{name} {below}")
    elif "for_unit" in {param.name for param in command.params}:
        yield name


def test_the_matrix_is_whole() -> None:
    modules = {name: importlib.import_module(f"engine.commands.{module}") for name, (module, _text) in COMMANDS.items()}
    assert {one for name, module in modules.items() for one in changing(module.commands[name], name)} == MAY.keys()
    by_people = {move.trigger for move in MOVES} - {Trigger.OPEN, Trigger.UNIT_ENDED}
    assert {trigger.value for trigger in by_people} <= MAY.keys()


def filled(kh: Kh, word: str) -> str:
    """`@held@` → the number of a message that is held, `@ack@` → of the entry of that trigger."""
    if word == "@ack@":
        return str(next(row["entry"] for row in kh("log", "--json").json if row["trigger"] == "ack"))
    if word.startswith("@"):
        rows = kh("notices", "list", "x", "--json").json
        return str(next(row["id"] for row in rows if row["status"] == word.strip("@")))
    return word


@pytest.mark.parametrize("command", MAY)
def test_who_may(kh: Kh, act_as: Callable[[str], None], plan_file: Write, mailbox: Mailbox, command: str) -> None:  # noqa: F811
    words, allowed, before = MAY[command]
    act_as("lan")
    kh("start", plan_file(TEXT), "--id", "x", "--at", "2020-03-04")
    for name, text in (("amended", TEXT.replace("Tổng hợp", "Gộp")), ("nho", UNITS), ("days", DAYS)):
        plan_file(text, f"{name}.yaml")
    if command.startswith("notices"):
        mailbox.answer = lambda _mail: "550 nobody here"
        kh("tick", "--at", "2020-03-04T08:00")
    for user, said in before:
        act_as(user)
        kh(*said)
    words = tuple(filled(kh, word) for word in words)
    able, denied = [], []
    for user in PEOPLE:
        act_as(user)
        ran = kh(*command.split(), *words, *(() if command in ONLY_SHOWS else ("--dry-run",)), ok=False)
        if ran.code:
            assert (ran.code, len(ran.err.strip().splitlines())) == (1, 1), ran
            denied.append(user)
        else:
            able.append(user)
    assert able == allowed.split(), ran.err
    act_as("lan")
    assert [row["actor"] for row in kh("log", "--json").json if row["trigger"] == "denied"] == denied
