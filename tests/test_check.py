"""`kh check` as people, editors and build servers meet it: its output, its inputs, and its bounds."""

import io
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import yaml
from conftest import ROOT, SMALL, Kh
from pydantic import BaseModel

from engine.checks import check
from engine.codes import RULES
from engine.plan import directory, model
from engine.plan.loader import load

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]
WRONG = SMALL.replace("coordinator: so-a", "coordinator: so-b")


def codes(path: Path) -> list[str]:
    return [item.code for item in check(load(path)) if item.severity != "note"]


def codes_of(text: str) -> list[str]:
    return [item.code for item in check(load(Path("p.yaml"), text.encode()))]


def stages(*lines: str) -> str:
    """The small plan with other stages."""
    return SMALL[: SMALL.index("stages:")] + "\n".join(["stages:", *lines, ""])


def task(name: str, more: str = "", who: str = "so-a") -> str:
    return f"  {name}: {{name: a, clause: b, responsible: {who}{more}}}"


# --- what is printed


@pytest.mark.parametrize(("letters", "below"), [("漢字", "    "), ("a\u0302n", "  "), ("a\tb", " \t ")])
def test_the_caret_stands_below_the_mistake_however_wide_the_letters(
    kh: Kh, plan_file: Write, letters: str, below: str
) -> None:
    before, after = '    outputs: [{name: "', '", '
    text = SMALL + before + letters + after + "cuont: 2}]\n"
    caret = kh("check", str(plan_file(text)), ok=False).out.split("\n")[2]
    assert caret == "    " + " " * len(before) + below + " " * len(after) + "^"


def test_colours_only_on_a_terminal_and_not_where_they_are_unwanted(plan_file: Write) -> None:
    path = plan_file(WRONG)

    def on_a_terminal(**more: str) -> str:
        reader, writer = pty.openpty()
        command = [sys.executable, str(ROOT / "cli.py"), "check", str(path)]
        subprocess.run(command, stdout=writer, env={**os.environ, "TERM": "xterm", **more}, check=False)
        os.close(writer)
        with os.fdopen(reader, "rb") as file:
            return file.read1(100_000).decode()

    assert "\x1b[31m" in on_a_terminal()
    assert "\x1b" not in on_a_terminal(NO_COLOR="1")


def test_no_plan_can_steer_the_terminal(kh: Kh, plan_file: Write) -> None:
    out = kh("check", str(plan_file(SMALL.replace("nho\n", '"\\e[31m\\u202e"\n', 1) + "# \x1b[2J\n")), ok=False).out
    assert "KH016" in out
    assert not {"\x1b", "\u202e"} & set(out)


def test_of_a_long_line_the_part_around_the_mistake_is_shown(kh: Kh, plan_file: Write) -> None:
    out = kh("check", str(plan_file(SMALL + f"    outputs: [{{name: {'a ' * 2000}, cuont: 2}}]\n")), ok=False).out
    line, caret = out.split("\n")[1:3]
    assert len(line) < 200
    assert line[caret.index("^") :].startswith("cuont")


def test_a_long_list_is_cut_with_a_count(kh: Kh, plan_file: Write) -> None:
    lines = [f"  s{n}: {{name: a, clause: b, responsible: so-a, sai: 1}}" for n in range(10_000)]
    path = str(plan_file(stages(*lines)))
    out = kh("--lang", "vi", "check", path, ok=False).out
    assert out.count("KH013") == 100
    assert out.split("\n")[-3:-1] == ["… và 9.900 lỗi nữa", "1 tệp: 10.000 lỗi, 0 cảnh báo, 0 ghi chú"]
    assert len(json.loads(kh("check", path, "--json", ok=False).out)) == 10_000


def test_what_is_cut_is_the_least_grave(kh: Kh, plan_file: Write) -> None:
    occasions = "".join(f"  dip-{n}: 17/10 .. 18/11\n" for n in range(150))
    text = SMALL + "occasions:\n" + occasions + "questions:\n" + "  - {id: q1, text: Gì?}\n" * 1
    units = text.replace("h1@t.example.vn}}", "h1@t.example.vn}, valid_to: 2019-01-01}")
    out = kh("check", str(plan_file(units.replace("{each: huyen}", "{each: [huyen, h1]}"))), ok=False).out
    assert out.count(" warning ") == 100
    assert "KH040" in out
    assert "more warnings, not shown: 51" in out
    assert "notes, not shown" in out


def test_strict_counts_warnings_as_errors(kh: Kh, plan_file: Write) -> None:
    path = str(plan_file(SMALL.replace(", contact: {email: h1@t.example.vn}", "")))
    assert kh("check", path).code == 0
    assert kh("check", path, "--strict", ok=False).code == 1


def test_json_says_where_what_and_how_grave(kh: Kh, plan_file: Write) -> None:
    path = str(plan_file(WRONG))
    for words in (["--json"], ["--format", "json"]):
        assert json.loads(kh("check", path, *words, ok=False).out) == [{
            "file": path, "line": 13, "column": 14, "code": "KH030", "severity": "error",
            "message": "unknown unit or group: so-b (did you mean so-a?)",
        }]  # fmt: skip


def test_sarif_has_what_the_standard_asks_for(kh: Kh, plan_file: Write, monkeypatch: pytest.MonkeyPatch) -> None:
    """SARIF 2.1.0: the properties the standard requires, and those that code hosts read."""
    plan_file(WRONG, name="kế hoạch.yaml")
    for language in ("en", "vi"):
        log = json.loads(kh("--lang", language, "check", "kế hoạch.yaml", "--format", "sarif", ok=False).out)
        assert (log["version"], len(log["runs"])) == ("2.1.0", 1)
        (run,) = log["runs"]
        driver = run["tool"]["driver"]
        assert driver["name"] == "kh"
        assert [rule["id"] for rule in driver["rules"]] == list(RULES)
        for rule in driver["rules"]:
            assert rule["shortDescription"]["text"]
            assert rule["help"]["text"]
            assert rule["defaultConfiguration"]["level"] in ("error", "warning", "note")
        (result,) = run["results"]
        assert driver["rules"][result["ruleIndex"]]["id"] == result["ruleId"] == "KH030"
        assert result["level"] == "error"
        assert result["message"]["text"]
        (location,) = result["locations"]
        place = location["physicalLocation"]
        assert place["artifactLocation"]["uri"] == "k%E1%BA%BF%20ho%E1%BA%A1ch.yaml"
        assert place["region"] == {"startLine": 13, "startColumn": 14}


# --- what is given


def test_a_folder_with_plans_directories_and_other_files(kh: Kh, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "plans", tmp_path / "plans")
    (tmp_path / "plans" / ".hidden").mkdir()
    (tmp_path / "plans" / ".hidden" / "x.yaml").write_text("{", "utf-8")
    (tmp_path / "plans" / "docker-compose.yml").write_text("services: {}\n", "utf-8")
    directory = tmp_path / "plans" / "directories" / "dong-thap.yaml"
    directory.write_text(directory.read_text("utf-8").replace("parent: ubnd-tinh", "parent: ubnd-tinhx", 1), "utf-8")
    found = json.loads(kh("check", "plans", "--json", ok=False).out)
    errors = [(item["file"], item["code"]) for item in found if item["severity"] == "error"]
    assert errors == [("plans/directories/dong-thap.yaml", "KH030")]  # once, though two plans and the folder have it
    assert [item["file"] for item in found if item["code"] == "KH019"] == ["plans/docker-compose.yml"]


def test_one_file_that_cannot_be_read_hides_no_other(kh: Kh, plan_file: Write, tmp_path: Path) -> None:
    (tmp_path / "loop.yaml").symlink_to("loop.yaml")
    (tmp_path / "empty").mkdir()
    os.mkfifo(tmp_path / "pipe.yaml")
    (tmp_path / "utf16.yaml").write_text("plan: x", "utf-16")
    (tmp_path / "nul.yaml").write_bytes(b"plan: \0")
    names = ["missing.yaml", "loop.yaml", "empty", "pipe.yaml", "utf16.yaml", "nul.yaml", str(plan_file(WRONG))]
    found = json.loads(kh("check", *names, "--json", ok=False).out)
    assert [item["code"] for item in found] == ["KH021"] * 4 + ["KH002"] * 2 + ["KH030"]
    assert all(item["message"] for item in found)


def test_a_directory_by_itself(kh: Kh) -> None:
    assert "errors: 0" in kh("check", str(ROOT / "plans" / "directories" / "kon-tum.yaml")).out


def test_a_directory_that_is_not_there_is_looked_for_beside(plan_file: Write, tmp_path: Path) -> None:
    plan_file("units: {}\n", name="tinh-a.yaml")
    start, end = SMALL.index("directory:"), SMALL.index("coordinator:")
    for name, said in (("tinh-b.yaml", "did you mean tinh-a.yaml?"), ("/x/y.yaml", "no such file"), ("x" * 300, "x")):
        (found,) = check(load(plan_file(SMALL[:start] + f"directory: {name}\n" + SMALL[end:])))
        assert (found.code, found.line) == ("KH021", 5)
        assert said in found.message


def test_standard_input(kh: Kh, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(WRONG.encode())))
    assert "-:13:14: error KH030" in kh("check", "-", ok=False).out


@pytest.mark.parametrize(("change", "line"), [(lambda data: b"\xef\xbb\xbf" + data, 13),
                                              (lambda data: data.replace(b"\n", b"\r\n"), 13),
                                              (lambda data: data.replace(b"\n", b"\r"), 13)])  # fmt: skip
def test_lines_are_counted_whatever_ends_them(plan_file: Write, change: Callable[[bytes], bytes], line: int) -> None:
    (found,) = check(load(plan_file(), change(WRONG.encode())))
    assert (found.line, found.column, found.code) == (line, 14, "KH030")


# --- one cause, one finding; and all of them


def test_traps_of_syntax_do_not_hide_one_another_nor_the_rest() -> None:
    text = SMALL.replace("name: Báo cáo", "name: Báo cáo: năm").replace("name: Tổng hợp", 'name: "Tổng" hợp')
    text = text.replace("clause: I.2", "clause: @2").replace("submit_to: so-a", "submit_to: so-b")
    found = check(load(Path("p.yaml"), text.encode()))
    assert [item.code for item in found] == ["KH024", "KH030", "KH028", "KH027"]


def test_a_file_that_breaks_off_is_not_blamed_for_what_was_not_read() -> None:
    text = SMALL.replace("titel", "title") + "    note: [x\n  sau:\n    name: y\n"
    text = text.replace("title: Kế hoạch nhỏ", "title: Kế hoạch nhỏ\nnhan: 1")
    assert [item.code for item in check(load(Path("p.yaml"), text.encode()))] == ["KH013", "KH026"]


def test_a_broken_stage_is_still_a_stage() -> None:
    text = SMALL.replace("responsible: {each: huyen}", "responsible: Sở A").replace(
        "clause: I.2", "clause: I.2\n    x: 1"
    )
    found = check(load(Path("p.yaml"), text.encode()))
    assert [item.code for item in found] == ["KH016", "KH013"]


def test_without_its_directory_a_plan_is_checked_as_far_as_it_goes(plan_file: Write) -> None:
    start, end = SMALL.index("directory:"), SMALL.index("coordinator:")
    text = (SMALL[:start] + "directory: khong-co.yaml\n" + SMALL[end:]).replace("[bao-cao]", "[bao-cap]")
    assert codes(plan_file(text)) == ["KH021", "KH031"]
    assert codes(plan_file(text.replace("directory: khong-co.yaml\n", ""))) == ["KH012", "KH031"]


def test_a_notice_that_cannot_be_written(plan_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from engine import templates

    shutil.copytree(ROOT / "templates", tmp_path / "templates")
    (tmp_path / "templates" / "vi" / "nhac-viec.txt.j2").write_text("{{ section.stage.ngay }}", "utf-8")
    monkeypatch.setattr(templates, "data_dir", lambda name: tmp_path / name)
    templates.environment.cache_clear()
    found = [item for item in check(load(plan_file())) if item.code == "KH080"]
    templates.environment.cache_clear()
    assert len(found) == 1
    assert "“nhac-viec” cannot be written: templates: UndefinedError" in found[0].message


def test_a_way_round_is_no_circle() -> None:
    lines = [task("a", ", after: [{any: [b, c]}]"), task("b", ", after: [a]"), task("c")]
    assert "KH035" not in codes_of(stages(*lines))
    assert "KH035" in codes_of(stages(*lines).replace("[b, c]", "[b]"))


# --- no word of a library's


EVERYTHING = ROOT / "tests" / "plans" / "everything.yaml"
WRONG_VALUES: list[Any] = ["x y", "x" * 20_001, 0, True, None, [], [[1]], {"a": {"b": 1}}]
FOREIGN = re.compile(r"Input should|[Vv]alidat|Field required|Value error|\{name")


def places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    inner = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for step, item in inner:
        yield (*path, step)
        yield from places(item, (*path, step))


def kind(path: tuple[Any, ...]) -> tuple[Any, ...]:
    """A place without the ids and numbers on the way to it."""
    named = ("stages", "units", "groups", "ladders", "quotas", "occasions")
    return tuple("*" if isinstance(b, int) or a in named else b for a, b in zip(("", *path), path, strict=False))


def changed(value: Any, path: tuple[Any, ...], new: Any) -> Any:
    if not path:
        return new
    items = dict(value) if isinstance(value, dict) else list(value)
    items[path[0]] = changed(value[path[0]], path[1:], new)
    return items


def test_the_plan_with_everything_has_every_key() -> None:
    text = EVERYTHING.read_text("utf-8")
    missing = {field.alias or name for module in (model, directory) for item in vars(module).values()
               if isinstance(item, type) and issubclass(item, BaseModel)
               for name, field in item.model_fields.items() if f"{field.alias or name}:" not in text}  # fmt: skip
    assert missing == {"mode", "how", "units_from", "calendar", "webhook", "apprise"}
    assert not [item for item in check(load(EVERYTHING)) if item.severity == "error"]


def test_whatever_stands_wherever_it_is_told_in_our_words() -> None:
    whole = yaml.safe_load(EVERYTHING.read_text("utf-8"))
    for path in {kind(path): path for path in places(whole)}.values():
        for wrong in WRONG_VALUES:
            text = json.dumps(changed(whole, path, wrong), default=str)  # is YAML, and quickly written
            for item in load(Path("p.yaml"), text.encode()).problems:
                assert not FOREIGN.search(item.message), (path, wrong, item)


# --- bounds


def chain(n: int) -> list[str]:
    return [task("s0", ", deadline: ngày 24/4/2020")] + [
        task(f"s{i}", f", inferred: 1 ngày làm việc sau khi s{i - 1}") for i in range(1, n)
    ]


GROUPS = "\n".join(f"    g{i}: [g{i + 1}, g{i + 1}]" for i in range(1500)) + "\n    g1500: [h1]"

BOUNDED: dict[str, tuple[str, list[str]]] = {
    "a chain of stages": (stages(*chain(1500)), []),
    "the same from its end": (stages(*reversed(chain(1500))), []),
    "a ring of stages": (stages(*[task(f"s{i}", f", after: [s{(i + 1) % 1500}]") for i in range(1500)]), ["KH035"]),
    "rings upon rings": (stages(*[task(f"s{i}", f", after: [s0, s{max(0, i - 1)}]") for i in range(1500)]), ["KH035"]),
    "pairs": (stages(*[task(f"s{i}", f", after: [s{i ^ 1}]") for i in range(1500)]), ["KH035"] * 100),
    "groups in groups": (SMALL.replace("    huyen: {level: district}", GROUPS + "\n    huyen: [g0]"), []),
    "too many tasks": (stages(task("s", ", deadline: hằng ngày", "{each: huyen}").replace("s:", "s1:")).replace(
        "2020-12-31", "9999-12-31"), ["KH056"]),
    "a rung without end": (SMALL.replace("coordinator:", "ladder: rieng\ncoordinator:") + "ladders:\n  rieng:\n    - "
        "{severity: 1, when: 1 ngày sau hạn, to: responsible, template: don-doc, repeat: {every: 1 ngày}}\n", []),
}  # fmt: skip


@pytest.mark.parametrize("name", BOUNDED)
def test_what_is_long_or_deep_or_endless(name: str) -> None:
    text, expected = BOUNDED[name]
    assert [item.code for item in check(load(Path("p.yaml"), text.encode())) if item.severity == "error"] == expected


@pytest.mark.parametrize(
    "text",
    [
        "plan: [" + "*a, " * 20_000 + "]",
        "plan: x\nstages: {s: {" + "".join(f"k{n}: 1, " for n in range(20_000)) + "}}",
        "plan: [" + "1, " * 400_000 + "]",
        "plan: x\n" + "".join(f"k{n}: a: b\n" for n in range(100)),
        stages(*[task(f"s{i}", f", deadline: x{i}") for i in range(11_000)]),
    ],
    ids=["aliases", "keys", "values", "colons", "phrases"],
)
def test_reading_stops_at_ten_thousand_mistakes_or_too_many_values_and_says_so(text: str) -> None:
    found = check(load(Path("p.yaml"), text.encode()))
    assert len(found) <= 10_002
    assert "KH025" in {item.code for item in found}


def test_hints_are_given_as_long_as_there_is_time() -> None:
    text = stages(*[task(f"s{i}", f", after: [sx{i}]") for i in range(2000)])
    found: list[Any] = [item for item in check(load(Path("p.yaml"), text.encode())) if item.code == "KH031"]
    assert len(found) == 2000
    assert "did you mean" in found[0].message
    assert "did you mean" not in found[-1].message
