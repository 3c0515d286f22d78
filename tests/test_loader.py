"""Plan files: every mistake at once with its line and column, and no way to make the reader trip."""

import os
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Kh
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.checks import check
from engine.errors import KhError, PlanError
from engine.plan.loader import load_plan
from engine.plan.yamltree import parse

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]


def findings(path: Path) -> list[tuple[int, int, str, str]]:
    return [
        (item.line, item.column, item.code, item.message) for item in check(load_plan(path)) if item.severity != "note"
    ]


def test_a_good_plan_has_no_findings(plan_file: Write) -> None:
    assert findings(plan_file()) == []


@pytest.mark.parametrize(
    ("old", "new", "code", "said"),
    [  # « stands before the character the caret must point at
        ("title: Kế hoạch nhỏ", "«titel: Kế hoạch nhỏ", "KH013", "unknown key `titel` (did you mean title?)"),
        ("coordinator: so-a", "coordinator: «so-b", "KH030", "unknown unit or group: so-b (did you mean so-a?)"),
        ("each: huyen", "each: «huyn", "KH030", "unknown unit or group: huyn (did you mean huyen?)"),
        ("after: [bao-cao]", "after: [«bao-cap]", "KH031", "unknown stage: bao-cap (did you mean bao-cao?)"),
        ("trước ngày 30/3/2020", "trước ngày «31/02/2020", "KH050", "deadline not understood"),
        ("{each: huyen}", "«[h1, h2]", "KH018", "one task each, or one in common?"),
        ("level: district}\ncoord", "level: «distrikt}\ncoord", "KH014", "is not known here; one of"),
        ("10 ngày làm việc sau khi bao-cao", "10 ngày làm việc sau khi «bao-ca", "KH050", "bao-ca"),
        ("  tong-hop:", "  «tong-hop:", "KH035", "waits for itself"),
        ("name: Tổng hợp", "name: {«Tổng hợp, cuối}", "KH006", "put the value in quotes"),
        ("clause: I.2", "clause: I.2\n    «clause: I.3", "KH009", "stands twice: first in line"),
        ("clause: I.2", "clause: «&x I.2", "KH004", "anchors (&x) are not allowed"),
        ("clause: I.2", "clause: «*x", "KH004", "aliases (*x) are not allowed"),
        ("clause: I.2", "clause: «!!python/name:os.system x", "KH005", "tags"),
        ("issued: 2020-03-04", "issued: «2020-02-30", "KH010", "there is no such day: 2020-02-30"),
        ("email: h1@t.example.vn", 'email: «"a@b\\r\\nBcc: c@d"', "KH016", "is no e-mail address"),
    ],
)
def test_each_mistake_is_shown_at_its_place(plan_file: Write, old: str, new: str, code: str, said: str) -> None:
    assert old in SMALL
    text = SMALL.replace("after: [bao-cao]", "after: [tong-hop]") if code == "KH035" else SMALL
    text = text.replace(old, new, 1)
    before = text[: text.index("«")].split("\n")
    hits = [item for item in findings(plan_file(text.replace("«", ""))) if item[2] == code and said in item[3]]
    assert hits
    assert hits[0][:2] == (len(before), len(before[-1]) + 1)


def test_all_mistakes_are_reported_at_once(kh: Kh, plan_file: Write) -> None:
    text = SMALL.replace("coordinator: so-a", "coordinator: so-b").replace("bao-cao]", "bao-ca]")
    text = text.replace("trước ngày 30/3/2020", "trước ngày 32/3/2020")
    ran = kh("check", str(plan_file(text)), "--json", ok=False)
    assert ran.code == 1
    assert {"KH030", "KH031", "KH050"} <= {word for word in ran.out.split('"') if word.startswith("KH0")}
    shown = kh("check", str(plan_file(text)), ok=False).out
    assert "plan.yaml:13:14: error KH030" in shown
    assert "coordinator: so-b\n" + " " * 17 + "^" in shown


def test_scalars_mean_what_they_look_like() -> None:
    tree = parse(b"a: no\nb: 08:30\nc: 010\nd: 2020-03-04\ne: 1.10\nf: yes\ng: true\nh: 5\ni:\n", "x")
    assert tree.problems == []
    assert [str(value) for value in tree.value.values()] == [
        "no", "08:30", "010", "2020-03-04", "1.10", "yes", "True", "5", "None",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "data",
    [
        b"[" * 30_000, b"- " * 5_000, b"{a: " * 20_000, b"\x00", b"a: \xed\xa0\x80", b"\xff\xfea\x00", b"", b"---\n---",
        b"a: " + b"9" * 5_000, b"? [1]\n: 2", b"a: &a [*a]", b"<<: {a: 1}", b"plan: " + b"x" * 1_000_000,
        "a: \u202e".encode(), b"!!python/object/apply:os.system ['true']", b"%YAML 9.9\n---\na", b"a: b: c", b"\t",
    ],
)  # fmt: skip
def test_hostile_files_end_in_findings(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "p.yaml"
    path.write_bytes(data)
    assert check(load_plan(path))


def test_what_is_no_file_is_refused(kh: Kh, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.yaml")
    for name in ("pipe.yaml", "missing.yaml"):
        ran = kh("check", str(tmp_path / name), ok=False)
        assert ran.code == 1
        assert name in ran.out
    assert kh("start", str(tmp_path), ok=False).code == 1
    assert kh("start", "/dev/zero", ok=False).code == 1


def test_a_directory_in_its_own_file_with_a_table(plan_file: Write, tmp_path: Path) -> None:
    start, end = SMALL.index("directory:"), SMALL.index("coordinator:")
    (tmp_path / "tinh.yaml").write_text(SMALL[start:end].replace("directory:\n", "").replace("\n  ", "\n")[2:]
                                        + "units_from: xa.csv\n", encoding="utf-8")  # fmt: skip
    text = SMALL[:start] + "directory: tinh.yaml\n" + SMALL[end:]
    (tmp_path / "xa.csv").write_text("id,name,level,parent\nx1,Xã Một,commune,h1\n", encoding="utf-8")
    assert findings(plan_file(text.replace("each: huyen", "each: [huyen, x1]"))) == [
        (9, 3, "KH041", "x1 has no contact: its notices go to the coordinator")
    ]
    (tmp_path / "xa.csv").write_text("id,name\nx1,Xã Một\n", encoding="utf-8")
    assert any("lacks the columns level" in item[3] for item in findings(plan_file(text)))


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.binary(max_size=300))
def test_no_bytes_make_the_reader_trip(data: bytes) -> None:
    try:
        parse(data, "x")
    except PlanError as error:
        assert error.problems  # noqa: PT017


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_mutation_of_a_plan_makes_the_checks_trip(plan_file: Write, data: st.DataObject) -> None:
    lines = SMALL.splitlines()
    number = data.draw(st.integers(0, len(lines) - 1))
    cut = data.draw(st.integers(0, len(lines[number])))
    junk = data.draw(st.text(max_size=12))
    lines[number] = lines[number][:cut] + junk
    path = plan_file("")
    path.write_bytes("\n".join(lines).encode("utf-8", "surrogatepass"))
    try:
        check(load_plan(path))
    except KhError as error:
        assert str(error)  # noqa: PT017


def test_mistakes_of_form_and_of_meaning_are_found_in_one_pass(plan_file: Write) -> None:
    text = SMALL.replace("title: Kế hoạch nhỏ", "titel: Kế hoạch nhỏ").replace("clause: I.1\n", "claus: I.1\n")
    text = text.replace("submit_to: so-a", "submit_to: so-x").replace("after: [bao-cao]", "after: [bao-cap]")
    text = text.replace("trước ngày 30/3/2020", "trước ngày 32/3/2020").replace("h1@t.example.vn", "no address")
    found = {(code, message.split(" (")[0]) for _line, _column, code, message in findings(plan_file(text))}
    assert {code for code, _message in found} == {"KH012", "KH013", "KH016", "KH030", "KH031", "KH050"}
    assert ("KH030", "unknown unit or group: so-x") in found
    assert not any("h1" in message and code == "KH030" for code, message in found)
