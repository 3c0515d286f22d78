"""The pages for authors say what the program does: every example, command and table of theirs is tried."""

import json
import re
import shlex
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, Kh
from pages import Part, parts_of
from pydantic import BaseModel

from engine.clock import shown_day
from engine.i18n import in_language
from engine.plan.directory import Directory
from engine.plan.guide import GUIDE
from engine.plan.model import Plan
from engine.states import state_label

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

FOLDERS = {"en": ROOT / "docs", "vi": ROOT / "docs" / "vi"}
PAGES = ("tutorial", "running", "deadlines", "stages", "calendar", "reports", "python")
TWINS = (*PAGES, "care", "settings", "README")  # those whose examples are not run as they stand, too
STARTED = "2024-03-04T08:00"  # the morning on which the example of a page is started as `vd`
REMINDERS, CHASING = ("T-7", "T-3", "T-1"), ("T+1", "T+3", "T+5", "T+10")
Yaml = dict[str, Any]

# ---- The twins ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("page", TWINS)
def test_the_twins_say_the_same(page: str) -> None:
    ours, theirs = (parts_of(folder / f"{page}.md") for folder in FOLDERS.values())
    assert [_skeleton(part) for part in ours] == [_skeleton(part) for part in theirs]


def _skeleton(part: Part) -> Any:
    """What does not depend on the language: levels of headings, examples without remarks, commands, sizes of tables."""
    if part.kind == "heading":
        return part.kind, part.text.split()[0]
    if part.kind == "sh":
        return part.commands, part.answer is not None
    if part.kind == "table":
        heads, *rows = part.rows
        return len(heads), rows if TABLES.get(heads[0]) in OF_DAYS else len(rows)
    return part.kind, yaml.safe_load(part.text) if part.kind == "yaml" else "", part.file


@pytest.mark.parametrize("tongue", FOLDERS)
@pytest.mark.parametrize("page", TWINS)
def test_the_links_lead_somewhere(page: str, tongue: str) -> None:
    path = FOLDERS[tongue] / f"{page}.md"
    for target, heading in re.findall(r"\]\(([^)#]*)#?([^)]*)\)", path.read_text("utf-8")):
        page = path.parent / target if target else path
        assert page.exists(), target
        assert not heading or heading in map(_anchor, parts_of(page)), heading


@pytest.mark.parametrize("tongue", FOLDERS)
@pytest.mark.parametrize("page", TWINS)
def test_commands_that_are_only_mentioned_exist(page: str, tongue: str, kh: Kh) -> None:
    for code in {code for part in parts_of(FOLDERS[tongue] / f"{page}.md") if part.kind in ("words", "table")
                 for code in re.findall(r"`kh ([^`]+)`", part.text)}:  # fmt: skip
        words = code.split()
        command = [word for word in words[:2] if re.fullmatch("[a-z-]+", word)]
        shown = kh(*command, "--help").out
        assert [word for word in words if word.startswith("--") and word not in shown] == []


@pytest.mark.parametrize("tongue", FOLDERS)
def test_every_key_of_the_plan_language_stands_somewhere(tongue: str) -> None:
    pages = " ".join((FOLDERS[tongue] / f"{page}.md").read_text("utf-8") for page in PAGES)
    keys = {key for model in GUIDE.values() for key in model}
    assert keys - set(re.findall(r"[a-z_]+", pages)) == set()


def _anchor(part: Part) -> str:
    """What a link to a heading is called."""
    return re.sub(r"[^\w -]", "", part.text.lstrip("# ").lower()).replace(" ", "-") if part.kind == "heading" else ""


# ---- What the program says of an example ----------------------------------------------------------------------------


def keys_of(model: type[BaseModel]) -> set[str]:
    return {field.alias or name for name, field in model.model_fields.items()}


def spliced(frame: Yaml, example: Yaml) -> Yaml:
    """The frame with an example in it: parts of a plan or a directory, stages, or keys of the frame's first stage."""
    if example.keys() <= keys_of(Plan):
        return merged(frame, example)
    if example.keys() <= keys_of(Directory):
        return merged(frame, {"directory": example})
    if all(isinstance(stage, dict) and "name" in stage for stage in example.values()):
        return merged(frame, {"stages": example})
    return merged(frame, {"stages": {next(iter(frame["stages"])): example}})


def merged(old: Yaml, new: Yaml, depth: int = 2) -> Yaml:
    both = {key for key in old.keys() & new.keys() if isinstance(old[key], dict) and isinstance(new[key], dict)}
    return old | new | {key: merged(old[key], new[key], depth - 1) for key in both if depth}


def _text(plan: Yaml) -> str:
    """JSON is YAML, and unlike PyYAML it writes the dates of a frozen clock."""
    return json.dumps(plan, ensure_ascii=False, default=str)


class Example:
    """A plan of a page as the program sees it: what its tables are compared with."""

    def __init__(self, kh: Kh, tongue: str, file: Path, frame: Yaml, until: list[str]):
        self.kh, self.tongue, self.file, self.frame, self.until = kh, tongue, file, frame, until

    def says(self, *words: str) -> Any:
        return self.kh("--lang", self.tongue, *words, "--json").json

    def meanings(self, phrases: list[str]) -> dict[str, Yaml]:
        """What `explain` says of phrases in the frame."""
        first = next(iter(self.frame["stages"].values()))
        stages = {f"x{number}": first | {"deadline": phrase} for number, phrase in enumerate(phrases)}
        asked = self.file.with_name("hoi.yaml")
        asked.write_text(_text(merged(self.frame, {"stages": stages})), encoding="utf-8")
        return {row["phrase"]: row for row in self.says("explain", str(asked))}

    def tasks(self) -> list[Yaml]:
        return self.says("tasks", "vd")  # type: ignore[no-any-return]

    def notices(self) -> list[tuple[str, str, str, str]]:
        """(task, rung, day, to) of every notice the plan will send."""
        rows = self.says("simulate", str(self.file), "--at", STARTED, *self.until)
        return [(item["task"].partition("/")[2], item["rung"], row["date"], item["to"])
                for row in rows for item in row["items"]]  # fmt: skip


def _day(text: str | None) -> str:
    return shown_day(date.fromisoformat(text)) if text else "–"


def _first_day(meaning: Yaml) -> str:
    found = re.search(r"\d\d/\d\d/\d{4}", " ".join(meaning["days"]))
    return found[0] if found else "–"


def _named(task: str, key: str) -> bool:
    """Is a task, as stage[/period]/unit, meant by a row that names its stage, and perhaps its period or unit?"""
    parts, wanted = task.split("/"), key.split("/")
    return parts[0] == wanted[0] and set(wanted) <= set(parts)


def _phrase_cells(example: Example, keys: list[str]) -> dict[str, dict[str, str]]:
    return {
        phrase: {"meaning": row["sentence"], "last day": _first_day(row)}
        for phrase, row in example.meanings(keys).items()
    }


def _refusal_cells(example: Example, keys: list[str]) -> dict[str, dict[str, str]]:
    cells = {}
    for phrase in keys:
        ran = example.kh("--lang", example.tongue, "explain", phrase, "--issued", STARTED[:10], ok=False)
        assert ran.code == 1
        cells[phrase] = {"why": re.split(r" \(", ran.err.split(": ", 2)[2])[0]}
    return cells


def _stage_cells(example: Example, keys: list[str]) -> dict[str, dict[str, str]]:
    notices, tasks = example.notices(), example.tasks()

    def days(key: str, *rungs: str, most: int = 9) -> str:
        found = sorted({day for task, rung, day, _to in notices if _named(task, key) and rung in rungs})
        return ", ".join(map(_day, found[:most])) + (", …" if len(found) > most else "") or "–"

    def last_day(key: str) -> str:
        (day,) = {row["last_day"] for row in tasks if _named(row["task"].partition("/")[2], key)}
        return _day(day)

    return {
        key: {
            "assigned": days(key, "opening"), "last day": last_day(key), "reminders": days(key, *REMINDERS),
            "overdue": days(key, *CHASING), "fix": days(key, "fix-date", most=2),
            "undated": days(key, "undated", most=2),
        }
        for key in keys
    }  # fmt: skip


def _task_cells(example: Example, keys: list[str]) -> dict[str, dict[str, str]]:
    """Every task of the stages that the rows name must stand there."""
    found = {row["task"].partition("/")[2]: row for row in example.tasks()}
    stages = {key.split("/")[0] for key in keys}
    assert [task for task in found if task.split("/")[0] in stages] == keys
    with in_language(example.tongue):
        return {
            key: {"state": state_label(found[key]["state"]), "last day": _day(found[key]["last_day"])} for key in keys
        }


def _rung_cells(example: Example, keys: list[str]) -> dict[str, dict[str, str]]:
    notices = example.notices()
    cells = {}
    for key in keys:
        (on,) = {day for _task, rung, day, _to in notices if rung == key}
        units = sorted({to for _task, rung, _on, to in notices if rung == key})
        cells[key] = {"day": _day(on), "to": ", ".join(units)}
    return cells


# The first heading of a table says what it is about, in either language; tables with another are for the reader alone.
Cells = Callable[[Example, list[str]], dict[str, dict[str, str]]]
TABLES: dict[str, Cells] = {
    "the document says": _phrase_cells, "văn bản ghi": _phrase_cells,
    "refused": _refusal_cells, "không nhận": _refusal_cells,
    "stage": _stage_cells, "đầu việc": _stage_cells,
    "task": _task_cells, "nhiệm vụ": _task_cells,
    "rung": _rung_cells, "mức": _rung_cells,
}  # fmt: skip
OF_DAYS = (_stage_cells, _rung_cells)  # they speak no language: tried in one, compared with the other
COLUMNS = {
    "ý nghĩa": "meaning", "hạn cuối": "last day", "vì sao": "why", "trạng thái": "state",
    "chasing": "overdue", "asked to fix the day": "fix", "no date yet": "undated",
}  # fmt: skip
ADVICE = ("write instead", "nên viết")  # the last column: its phrases must be understood


# ---- Following a page -----------------------------------------------------------------------------------------------


class Reader:
    """Does what a page says, in order, in an empty folder."""

    def __init__(self, kh: Kh, tongue: str, folder: Path, monkeypatch: pytest.MonkeyPatch, *, appends: bool):
        self.kh, self.tongue, self.folder, self.appends = kh, tongue, folder, appends
        self.monkeypatch, self.examples = monkeypatch, 0
        self.frame: Yaml = {}
        self.file = folder / "none"

    def read(self, page: list[Part]) -> None:
        for part in page:
            if part.file:
                self.save(part)
            elif part.kind in ("yaml", "sh", "table"):
                {"yaml": self.example, "sh": self.run, "table": self.compare}[part.kind](part)

    def save(self, part: Part) -> None:
        """A file that the page names; a plan is from now on the one that examples stand in."""
        file = self.folder / part.file
        content = yaml.safe_load(part.text) if part.kind == "yaml" else {}
        if file.exists():  # a command wrote it
            assert yaml.safe_load(file.read_text("utf-8")) | {"stages": None} == content
        file.write_text(part.text + "\n", encoding="utf-8")
        if "plan" in content:
            self.file, self.frame = file, content

    def example(self, part: Part) -> None:
        """In a tutorial the next lines of the plan, elsewhere something to put into it."""
        if self.appends:
            with self.file.open("a", encoding="utf-8") as file:
                file.write("\n" + part.text + "\n")
            return
        plan = spliced(self.frame, yaml.safe_load(part.text))
        self.file.write_text(_text(plan), encoding="utf-8")
        self.start(plan["directory"])

    def start(self, directory: Any) -> None:
        """In an office of its own, by the first person it names."""
        people = directory.get("people") if isinstance(directory, dict) else None
        self.monkeypatch.setenv("KH_USER", people[0]["user"] if people else "tester")
        self.examples += 1
        self.monkeypatch.setenv("KH_DATABASE_URL", f"sqlite:///{self.folder / f'{self.examples}.db'}")
        self.kh("start", str(self.file), "--id", "vd", "--at", STARTED)

    def run(self, part: Part) -> None:
        said = ""
        for command in part.commands:
            words = shlex.split(command)
            assert words[0] == "kh", command
            ran = self.kh("--lang", self.tongue, *words[1:], ok=False)
            assert ran.code == _expected_code(part), f"{command}\n{ran.out}{ran.err}"
            said += ran.err + ran.out
        if part.answer:
            self.same(part.answer, said)

    def compare(self, part: Part) -> None:
        """A table is made again from its first column and its headings."""
        heads, *rows = part.rows
        if heads[0] not in TABLES or (self.tongue != "en" and TABLES[heads[0]] in OF_DAYS):
            return
        example = Example(self.kh, self.tongue, self.file, self.frame, _until(part.text))
        keys = [row[0].strip("`") for row in rows]
        cells = TABLES[heads[0]](example, keys)
        told = [head for head in heads[1:] if head not in ADVICE]
        true = [[row[0], *(cells[key][COLUMNS.get(head, head)] for head in told), *row[1 + len(told) :]]
                for key, row in zip(keys, rows, strict=True)]  # fmt: skip
        self.same(part, "\n".join(" | ".join(row) for row in [heads, *true]))
        example.meanings([cell.strip("`") for row in rows for cell in row[1:] if cell.startswith("`")])  # understood

    def same(self, part: Part, true: str) -> None:
        """What a page shows is true; `…` stands for what it leaves out."""
        shown = "\n".join(" | ".join(row) for row in part.rows) if part.kind == "table" else part.text
        pattern = "\n".join(_pattern(line) for line in shown.splitlines())
        plain = "\n".join(line.rstrip() for line in true.splitlines()).strip("\n")
        assert re.fullmatch(pattern, plain), f"line {part.line} shows\n{shown}\ninstead of\n{plain}"


def _until(shown: str) -> list[str]:
    """The plan is lived through to some time after the last day that a table shows."""
    days = [date(int(year), int(month), int(day)) for day, month, year in re.findall(r"(\d\d)/(\d\d)/(\d{4})", shown)]
    return ["--until", (max(days) + timedelta(days=60)).isoformat()] if days else []


def _expected_code(part: Part) -> int:
    """A command fails where its page shows an error."""
    return int(part.answer is not None and bool(re.search(r"^(Error|Lỗi):|: (error|lỗi) KH", part.answer.text, re.M)))


def _pattern(line: str) -> str:
    if line.strip() == "…":
        return r"(?:.*\n)*?.*"
    return ".*".join(re.escape(piece) for piece in line.rstrip().split("…"))


@pytest.mark.parametrize("tongue", FOLDERS)
@pytest.mark.parametrize("page", PAGES)
def test_a_page_does_what_it_says(
    page: str, tongue: str, kh: Kh, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, freezer: Any
) -> None:
    freezer.move_to("2025-01-06T01:00:00Z")
    parts = parts_of(FOLDERS[tongue] / f"{page}.md")
    Reader(kh, tongue, tmp_path, monkeypatch, appends=page == "tutorial").read(parts)
