"""A plan in which four districts hand in, and what tests ask about it."""

from collections.abc import Callable
from typing import Any

from conftest import Kh

UNITS = """
directory:
  units:
    ubnd: {name: UBND tỉnh, level: province, contact: {email: ubnd@t.example.vn}}
    so-a: {name: Sở A, level: department, parent: ubnd, contact: {email: so-a@t.example.vn}}
    h1: {name: Huyện Một, level: district, parent: ubnd, contact: {email: h1@t.example.vn}}
    h2: {name: Huyện Hai, level: district, parent: ubnd, contact: {email: h2@t.example.vn}}
    h3: {name: Huyện Ba, level: district, parent: ubnd, contact: {email: h3@t.example.vn}}
    h4: {name: Huyện Bốn, level: district, parent: ubnd, contact: {email: h4@t.example.vn}}
  groups:
    huyen: {level: district}
"""
HEAD = f"""
plan: p
title: Kế hoạch
document: {{number: 1/KH-UBND, issued: 2020-03-04, issuer: ubnd}}
{UNITS}
coordinator: so-a
span: 2020-03-04 .. 2020-12-31
"""
STAGE = """
stages:
  a:
    name: Báo cáo
    clause: "1"
    responsible: {each: huyen}
    submit_to: so-a
    deadline: trước ngày 30/3/2020
"""
OUTPUTS = "    outputs: [{name: Báo cáo tổng kết, kind: report, count: 2, form: [công văn, tệp]}, {name: Phụ lục}]\n"
REQUIRED = OUTPUTS.replace("count: 2", "count: 2, required: true")
PAPER = ("--doc", "12/BC-UBND, 2020-03-26")
Begin = Callable[[str], None]


def task(kh: Kh, name: str) -> dict[str, Any]:
    (row,) = kh("tasks", name, "--json").json
    return dict(row)


def stage(kh: Kh, name: str = "a") -> dict[str, Any]:
    return next(row for row in kh("status", "x", "--json").json["stages"] if row["stage"] == name)


def pieces(rows: list[dict[str, Any]]) -> list[tuple[str, str | None]]:
    return [(row["output"], row["form"]) for row in rows]


def refused(kh: Kh, *words: str) -> str:
    """One clear line, exit code 1, and nothing changed."""
    before = kh("log", "x", "--json").out, kh("tasks", "x", "--json").out
    ran = kh(*words, ok=False)
    assert (ran.code, len(ran.err.strip().splitlines())) == (1, 1), ran
    assert (kh("log", "x", "--json").out, kh("tasks", "x", "--json").out) == before
    return ran.err


def entry(kh: Kh, trigger: str) -> str:
    return str(next(row["entry"] for row in reversed(kh("log", "x", "--json").json) if row["trigger"] == trigger))
