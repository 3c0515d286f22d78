"""`kh graph`: the order of a plan in four formats, whatever its words; of an instance, how each stage stands."""

import os
import re
import shutil
import xml.etree.ElementTree as ET
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from conftest import ROOT, SMALL, Kh

from engine.plan.loader import load_plan

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]
ON = "2020-03-04T08:00"
PLANS = sorted((ROOT / "plans").glob("*.yaml"))
SVG = "{http://www.w3.org/2000/svg}"

# In CI graphviz is there (.ci/run installs it); a test that cannot find it fails.
needs_graphviz = pytest.mark.skipif(
    not os.environ.get("CI") and shutil.which("dot") is None, reason="graphviz is not installed"
)

HOSTILE = [
    'Báo cáo "quý I" của [sở, ngành] {cấp huyện} (lần 1); #35; %% x --> y',
    "<script>alert('x')</script> <img src=x onerror=alert(1)> &lt;b&gt; &amp;",
    "[bold red]đỏ[/] \\N \\G \\n \\",
    "`**đậm**` |nhãn| :::done ~~~ @{ shape: x }",
    "Đường \u202egnỡưđ và \u200b dòng\n2 \x1b[31mđỏ\x07",
    "nghèo 🏚 漢字 ﷽",
]
YAML = """
plan: hostile
title: {title}
document: {{number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}}
directory: {{units: {{ubnd: {{name: {title}, level: province, contact: {{email: a@t.example.vn}}}}}}}}
coordinator: ubnd
span: 2020-03-04 .. 2020-12-31
stages:
  end: {{name: {title}, clause: I, responsible: ubnd, deadline: trước ngày 30/3/2020}}
  style: {{name: {title}, clause: I, responsible: ubnd, after: [end]}}
"""


def quoted(text: str) -> str:
    return '"' + "".join(f"\\U{ord(char):08x}" for char in text) + '"'


def one_line(text: str) -> str:
    return " ".join(re.sub("[\u202e\u200b\n\x1b\x07]", " ", text).split())


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_the_tree_of_a_shipped_plan_has_every_stage_once(kh: Kh, path: Path) -> None:
    out = kh("graph", str(path)).out
    plan = load_plan(path).plan
    assert plan is not None
    for stage in plan.stages:
        assert len(re.findall(rf"[●◆∞⊘] .*\({stage}\)$", out, re.M)) == 1
    assert "\x1b" not in out


def test_the_tree_says_who_when_and_after_what(kh: Kh, plan_file: Write) -> None:
    out = kh("graph", str(plan_file())).out
    assert [line.strip("│├└─ ") for line in out.splitlines()] == [
        "1/KH-UBND · Kế hoạch nhỏ",
        "● Báo cáo (bao-cao)",
        "each of: huyen (2) · trước ngày 30/3/2020 → 29/03/2020",
        "● Tổng hợp (tong-hop)",
        "Sở A · 10 ngày làm việc sau khi bao-cao (inferred)",
        "after: bao-cao (sets the date)",
    ]
    assert out.index("bao-cao)") < out.index("└── ● Tổng hợp")
    assert "từng đơn vị: huyen (2)" in kh("--lang", "vi", "graph", str(plan_file())).out


MORE = """
  nhac: {name: Nhắc, clause: I, responsible: so-a, deadline: 5 ngày trước tong-ket, after: [{any: [bao-cao, cam]}]}
  rieng: {name: Riêng, clause: I, responsible: {each: huyen}, after: [{same: bao-cao}], soft: true}
  gom: {name: Gom, clause: I, responsible: ubnd, after: [{below: bao-cao}]}
  cam: {name: Việc khác, clause: I, responsible: {joint: [so-a, h1]}}
  tong-ket: {name: Tổng kết, clause: I, type: event, chair: ubnd, deadline: cuối tháng 10/2020}
  khong: {name: Không họp, clause: I, type: prohibition, who: mọi đơn vị}
  luon: {name: Luôn, clause: I, type: ongoing, who: khóm ấp, soft: true}
"""


def test_kinds_of_stage_and_of_edge_are_told_apart_in_every_format(kh: Kh, plan_file: Write) -> None:
    path = str(plan_file(SMALL + MORE))
    tree = kh("graph", path).out
    for words in ("after: bao-cao (any one); cam (any one)", "date from: tong-ket", "after: bao-cao (same unit)",
                  "after: bao-cao (units below)", "[event] · UBND tỉnh · cuối tháng 10/2020 → 21/10/2020 … 31/10/2020",
                  "[not to be done] · mọi đơn vị", "[ongoing, encouraged] · khóm ấp", "jointly: Sở A; Huyện Một",
                  "∞ Luôn", "⊘ Không họp", "◆ Tổng kết"):  # fmt: skip
        assert words in tree
    mermaid = kh("graph", path, "--format", "mermaid").out
    for words in ('s1 -.->|"any one"| s3', 's7 -.-o|"sets the date"| s3', 's1 --o|"same unit"| s4', 's7{{"',
                  's1 ==>|"units below"| s5', 's8[["', 's9(["', "class s9 soft"):  # fmt: skip
        assert words in mermaid
    dot = kh("graph", path, "--format", "dot").out
    for words in ("style=dashed, label=", "style=dotted", "shape=hexagon", "shape=octagon", "shape=ellipse"):
        assert words in dot


@pytest.mark.parametrize("title", HOSTILE)
def test_no_word_of_a_plan_is_syntax(kh: Kh, plan_file: Write, title: str) -> None:
    path = str(plan_file(YAML.format(title=quoted(title))))
    plain = one_line(title)
    assert f"● {plain} (end)" in kh("graph", path).out

    head, *lines = kh("graph", path, "--format", "mermaid").out.split("flowchart LR\n")[1].splitlines()
    assert re.fullmatch(r'    s1\["[^"`<>:;\[\]{}|%&\\]*(#\d+;|<br/>|[^"`<>:;\[\]{}|%&\\])*"\]', head)
    assert unescaped(head).startswith(f'    s1["{plain}<br/>')
    assert "    s1 --> s2" in lines

    dot = kh("graph", path, "--format", "dot").out
    assert sorted(re.findall(r'^  ("\w+")(?: -> ("\w+"))? \[(?:[^"\n]|"(?:[^"\\\n]|\\.)*")*\]$', dot, re.M)) == [
        ('"end"', ""), ('"end"', '"style"'), ('"style"', ""),
    ]  # fmt: skip


def unescaped(text: str) -> str:
    return re.sub(r"#(\d+);", lambda found: chr(int(found[1])), text)


@needs_graphviz
@pytest.mark.parametrize("title", HOSTILE)
def test_an_svg_shows_the_words_and_nothing_more(kh: Kh, plan_file: Write, title: str) -> None:
    picture = ET.fromstring(kh("graph", str(plan_file(YAML.format(title=quoted(title)))), "--format", "svg").out)
    assert {item.tag.removeprefix(SVG) for item in picture.iter()} <= {"svg", "g", "title", "text", "path", "polygon"}
    (node,) = (item for item in picture.iter(f"{SVG}g") if item.findtext(f"{SVG}title") == "end")
    shown = "".join(text.text or "" for text in node.iter(f"{SVG}text"))
    assert shown.replace(" ", "").replace("\xa0", "").startswith(one_line(title).replace(" ", ""))


@needs_graphviz
@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_shipped_plan_is_drawn(kh: Kh, path: Path, tmp_path: Path) -> None:
    kh("graph", str(path), "-o", str(tmp_path / "plan.svg"))
    drawn = ET.parse(tmp_path / "plan.svg")
    plan = load_plan(path).plan
    assert plan is not None
    shown = [item.findtext(f"{SVG}title") for item in drawn.findall(f".//{SVG}g[@class='node']")]
    assert sorted(map(str, shown)) == sorted(plan.stages)


@pytest.fixture
def started(kh: Kh, plan_file: Write) -> Iterator[Kh]:
    kh("start", str(plan_file()), "--id", "nho", "--at", ON)
    return kh


def test_an_instance_shows_how_each_stage_stands(started: Kh) -> None:
    kh = started
    assert "▶ In progress 0/2" in kh("graph", "nho", "--at", "2020-03-05").out
    assert "○ Waiting for its turn 0/1" in kh("graph", "nho", "--at", "2020-03-05").out
    assert "‼ overdue 0/2" in kh("graph", "nho", "--at", "2020-03-30T00:00").out
    kh("submit", "nho/bao-cao/h1", "--at", "2020-03-20")
    assert "▶ In progress 1/2" in kh("graph", "nho", "--at", "2020-03-21").out
    kh("exempt", "nho/bao-cao/h2", "--reason", "sáp nhập", "--at", "2020-03-23")
    out = kh("graph", "nho", "--at", "2020-03-24").out
    assert "✓ Completed 1/2" in out
    assert "→ 07/04/2020 · ▶ In progress 0/1" in out
    kh("cancel", "nho/tong-hop", "--reason", "thôi", "--at", "2020-03-25")
    dot = kh("graph", "nho", "--format", "dot").out
    assert 'color="#2e7d32", fillcolor="#2e7d3222"' in dot
    assert "× Cancelled 0/1" in dot
    assert "class s1 done" in kh("graph", "nho", "--format", "mermaid").out


def test_a_share_completes_a_stage(kh: Kh, plan_file: Write) -> None:
    kh("start", str(plan_file(SMALL.replace("submit_to: so-a", "complete_when: 50%"))), "--id", "nho", "--at", ON)
    kh("submit", "nho/bao-cao/h1", "--at", "2020-03-20")
    assert "✓ Completed 1/2" in kh("graph", "nho").out


def test_long_chains_do_not_run_off_the_page(kh: Kh, plan_file: Write) -> None:
    chain = "".join(
        f"  v{number}: {{name: Việc {number}, clause: I, responsible: so-a, after: [v{number - 1}]}}\n"
        for number in range(1, 300)
    )
    out = kh("graph", str(plan_file(f"{SMALL}  v0: {{name: Việc 0, clause: I, responsible: so-a}}\n{chain}"))).out
    assert out.count("● Việc ") == 300
    assert max(map(len, out.splitlines())) < 80


def test_paths_that_part_and_meet_again_cost_no_more_than_their_stages(kh: Kh, plan_file: Write) -> None:
    stages = "".join(
        f"  v{number}: {{name: Việc {number}, clause: I, responsible: so-a, after: [{after}]}}\n"
        for number in range(60)
        for after in [", ".join(f"v{other}" for other in range(max(number - 3, 0), number)) or "bao-cao"]
    )
    path = str(plan_file(SMALL + stages))
    assert "after: v56; v57; v58" in kh("graph", path).out  # 3^60 ways lead to the last stage
    quarterly = kh("graph", str(plan_file(SMALL.replace("trước ngày 30/3/2020", "hằng quý") + stages))).out
    assert quarterly.count("● Việc ") == 60


def test_an_instance_keeps_the_plan_s_order(kh: Kh, plan_file: Write) -> None:
    kh("start", str(plan_file(SMALL + MORE)), "--id", "nho", "--at", ON)
    order = re.findall(r"[●◆∞⊘] .*\((.*)\)", kh("graph", "nho").out)
    assert order == re.findall(r"[●◆∞⊘] .*\((.*)\)", kh("graph", str(plan_file(SMALL + MORE))).out)


def test_what_cannot_be_drawn_is_said_in_one_line(
    started: Kh, plan_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    kh, path = started, str(plan_file())
    assert "did you mean nho?" in kh("graph", "nhoo", ok=False).err
    assert "no such file" in kh("graph", "khong-co.yaml", ok=False).err
    assert "KH031" in kh("graph", str(plan_file(SMALL.replace("[bao-cao]", "[bao-ca]"), "b.yaml")), ok=False).err
    assert "is a plan" in kh("graph", path, "--at", ON, ok=False).err
    assert "which --format?" in kh("graph", path, "-o", path, ok=False).err
    assert kh("graph", path, "--format", "png", ok=False).code == 2
    monkeypatch.setenv("PATH", str(tmp_path))
    ran = kh("graph", path, "--format", "svg", ok=False)
    assert (ran.code, ran.err.count("\n")) == (4, 1)
    assert "install the package graphviz" in ran.err


@pytest.mark.skipif(os.name == "nt", reason="a shell script stands in for a broken graphviz")
def test_a_broken_graphviz_is_named(kh: Kh, plan_file: Write, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "dot").write_text("#!/bin/sh\necho 'no layout engine' >&2\nexit 1\n")
    (tmp_path / "dot").chmod(0o755)
    monkeypatch.setenv("PATH", f"{tmp_path}:/bin:/usr/bin")
    ran = kh("graph", str(plan_file()), "--format", "svg", ok=False)
    assert (ran.code, "graphviz failed: no layout engine" in ran.err) == (4, True)
