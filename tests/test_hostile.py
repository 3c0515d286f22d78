"""Hostile input: whatever is read ends in a finding or an error of ours, within a second and 300 MB."""

import json
import os
import subprocess
import sys
import time
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from conftest import ROOT, SMALL, Kh
from fuzzing import TARGETS, attempt, seeds
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from engine.channels import mime
from engine.plan.directory import Contact
from engine.rows import MessageRow

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

SECONDS, MEGABYTES = 1.0, 300
SEEDS = seeds(ROOT)


def _bomb(depth: int) -> str:
    lines = ["a0: &a0 [lol, lol]"] + [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, depth)]
    return "\n".join(lines)


_RUNG = SMALL + "ladders:\n  x:\n    - {severity: 0, when: opening, to: responsible, "


# name → a file. Each is checked, and started, by a process that is limited in memory and whose time is taken.
FILES: dict[str, bytes] = {
    "a tag that runs a command": b"plan: !!python/object/apply:os.system ['true']",
    "a tag that makes an object": b"plan: !!python/object:subprocess.Popen {args: [true]}",
    "a tag of one's own": b"plan: !kh {a: b}",
    "a bomb of aliases": _bomb(20).encode(),
    "an anchor within itself": b"a: &a {b: *a}\nc: &c [*c]",
    "deep in brackets": b"plan: " + b"[" * 30_000,
    "deep in braces": b"plan: " + b"{a: " * 30_000,
    "deep in dashes": b"- " * 30_000,
    "deep by indentation": b"".join(b" " * n + b"a:\n" for n in range(3_000)),
    "a key many times": b"plan: x\n" * 20_000,
    "many keys": b"".join(b"k%d: x\n" % n for n in range(50_000)),
    "NUL": SMALL.replace("nho", "n\0ho").encode(),
    "lone surrogates": SMALL.encode().replace(b"nh\xe1\xbb\x8f", b"\xed\xa0\x80\xed\xb0\x80"),
    "an escaped lone surrogate": SMALL.replace("Kế hoạch nhỏ", '"\\ud800"').encode(),
    "UTF-16": SMALL.encode("utf-16"),
    "UTF-32": SMALL.encode("utf-32"),
    "Windows-1258": "title: Kế hoạch".encode("cp1258", "replace"),
    "a number of 5000 digits": SMALL.replace("I.1", "9" * 5_000).encode(),
    "a count of 5000 digits": SMALL.replace("I.1", f"I.1\n    outputs: [{{name: x, count: {'9' * 5_000}}}]").encode(),
    "a scalar of 10 MB": b"plan: " + b"x" * 10_000_000,
    "a quoted scalar of 10 MB": b'plan: "' + b"x" * 10_000_000,
    "a title of 10 MB": SMALL.replace("Kế hoạch nhỏ", "x" * 10_000_000).encode(),
    "a deadline of 1 MB": SMALL.replace("trước ngày 30/3/2020", "trước ngày " * 100_000).encode(),
    "a deadline of brackets": SMALL.replace("trước ngày 30/3/2020", '"' + "(" * 50_000 + '"').encode(),
    "an e-mail address of 1 MB": SMALL.replace("h1@t.example.vn", "a" * 500_000 + "@" + "a." * 250_000).encode(),
    "ids that are methods": SMALL.replace("bao-cao", "save").replace("tong-hop", "trigger").encode(),
    "an id that is an import": SMALL.replace("so-a", "subprocess.getoutput").encode(),
    "a template that is a path": (_RUNG + "template: ../../../../etc/passwd}\n").encode(),
    "a template that is code": (_RUNG + "template: '{{ self.__init__.__globals__ }}'}\n").encode(),
    "a condition that is code": (_RUNG + "template: nhac-viec, if: '__import__(\"os\").system(\"x\")'}\n").encode(),
    "a million times": (_RUNG + "template: nhac-viec, repeat: {every: 1 ngày, at_most: 1000000000}}\n").encode(),
    "a span of ten thousand years": SMALL.replace("2020-03-04 .. 2020-12-31", "0001-01-01 .. 9999-12-31")
    .replace("trước ngày 30/3/2020", "hằng ngày").encode(),
    "a directive of another YAML": b"%YAML 9.9\n%TAG ! tag:x,2020:\n---\nplan: x",
    "many documents": b"---\nplan: x\n" * 10_000,
    "a binary": bytes(range(256)) * 1_000,
}  # fmt: skip

# Each file in a fork of one warmed process, limited in memory: what it exits with, and its CPU seconds.
LIMITED = """
import json, os, resource, sys
from pathlib import Path
from engine.commands.main import run
run(["check", "warm.yaml"])
for name in sorted(Path(".").glob("file-*.yaml")):
    sys.stdout.flush()
    child = os.fork()
    if not child:
        grown = int(Path("/proc/self/statm").read_text().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_CPU, (9, 10))
        resource.setrlimit(resource.RLIMIT_AS, (grown + (int(sys.argv[1]) << 20),) * 2)
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        os._exit(run(["check", str(name)]))
    _pid, status, used = os.wait4(child, 0)
    print(json.dumps([name.name, os.waitstatus_to_exitcode(status), used.ru_utime + used.ru_stime]))
"""


@pytest.mark.skipif(not hasattr(os, "fork") or not Path("/proc/self/statm").exists(), reason="needs Linux")
def test_hostile_files_cost_little_and_end_in_words(tmp_path: Path) -> None:
    (tmp_path / "warm.yaml").write_text(SMALL, encoding="utf-8")
    names = {f"file-{number:02}.yaml": name for number, name in enumerate(FILES)}
    for path, name in names.items():
        (tmp_path / path).write_bytes(FILES[name])
    words = [sys.executable, "-c", LIMITED, str(MEGABYTES)]
    ran = subprocess.run(words, capture_output=True, check=True, text=True, timeout=300)
    rows = [json.loads(line) for line in ran.stdout.splitlines() if line.startswith("[")]
    assert len(rows) == len(FILES)
    assert "Traceback" not in ran.stderr
    assert [(names[path], *row) for path, *row in rows if row[0] not in (0, 1) or row[1] > SECONDS] == []
    assert {names[path] for path, code, _seconds in rows if code == 0} == {
        "ids that are methods", "an id that is an import", "a number of 5000 digits"}  # fmt: skip


def test_names_of_methods_are_only_names(kh: Kh, plan_file: object, tmp_path: Path) -> None:
    """Stages called like methods and triggers: the machine moves a state and never looks at them."""
    path = tmp_path / "p.yaml"
    path.write_bytes(FILES["ids that are methods"])
    kh("start", str(path), "--id", "x", "--at", "2020-03-04T08:00")
    kh("submit", "x/save", "--at", "2020-03-05T08:00")
    assert {row["stage"]: row["state"] for row in kh("tasks", "x", "--json").json} == {
        "save": "completed", "trigger": "assigned"}  # fmt: skip


@pytest.mark.parametrize("word", ["=?no-such-charset?q?x?=", "=?utf-8?b?x?=", "=?utf-8?q?=0d=0aBcc:_b@x.vn?="])
def test_an_address_that_is_an_encoded_word_is_none_and_would_not_be_sent(word: str) -> None:
    with pytest.raises(ValidationError):
        Contact.model_validate({"email": f"{word}@t.example.vn"})
    day = date(2020, 3, 4)
    message = MessageRow(1, f"{word}@t.example.vn", "email", day, "<a@x.invalid>", "s", "b", "", "[]", 0, "mo", None, 0)
    with pytest.raises(ValueError, match="not sent"):
        mime.seal(message, "kh@t.example.vn", datetime(2020, 3, 4, tzinfo=UTC))


# ---- fuzzing --------------------------------------------------------------------------------------------------------

_SNIPPETS = st.sampled_from([
    "{", "}", "[", "]", ":", ": ", "- ", "&a", "*a", "!!", "|", ">", "?", "%", "\t", "'", '"', "#", "\u202e", "\ufeff",
    "\x85", "..", "../", "{{", "{%", "=?utf-8?q?=0d=0a?=", "\r\n", "null", "true", "0", "-1", "1e999", "9" * 30, "30/2",
    "2020-13-45", "trước", "ngày", "sau", "hằng", "quý", "tháng", "29/02/2100", "trong", "đến", "giờ", "24:61", "*",
    "**/", "{a,b}", "--json", "--at", "--for", "--dry-run", "--reason", "--from", "--doc", "%n", "$(id)", "\x1b[2J",
    "é", "e\u0301",
])  # fmt: skip
_EDITS = st.lists(st.tuples(st.floats(0, 1), st.integers(0, 40), st.one_of(_SNIPPETS, st.text(max_size=8))), max_size=6)


def _edited(seed: bytes, edits: list[tuple[float, int, str]]) -> bytes:
    text = seed.decode("utf-8")
    for place, cut, new in edits:
        at = int(place * len(text))
        text = text[:at] + new + text[at + cut :]
    return text.encode("utf-8", "surrogatepass")


@pytest.mark.parametrize("name", TARGETS)
def test_no_input_makes_a_reader_trip(name: str, tmp_path: Path) -> None:
    given_here = st.builds(_edited, st.sampled_from(SEEDS[name]), _EDITS)

    @settings(max_examples=60 if name in ("plan", "command") else 250, deadline=None, database=None,
              suppress_health_check=list(HealthCheck))  # fmt: skip
    @given(st.one_of(given_here, st.binary(max_size=200)))
    @example(b"")
    def trial(data: bytes) -> None:
        before = time.process_time()
        attempt(name, data, tmp_path)
        assert time.process_time() - before < SECONDS

    for seed in SEEDS[name][:5]:
        attempt(name, seed, tmp_path)
    trial()
