"""Findings as SARIF 2.1.0, the form that code hosts and editors read."""

from collections.abc import Iterable
from pathlib import PurePath
from typing import Any
from urllib.parse import quote

from engine import __version__
from engine.codes import RULES, Rule
from engine.errors import Problem
from engine.i18n import _

SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"


def sarif(problems: Iterable[Problem]) -> dict[str, Any]:
    """One run with all rules and a result for each finding."""
    codes = list(RULES)
    driver = {"name": "kh", "version": __version__, "rules": [_rule(code, RULES[code]) for code in codes]}
    results = [{**_result(problem), "ruleIndex": codes.index(problem.code)} for problem in problems]
    run = {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
    return {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}


def _rule(code: str, rule: Rule) -> dict[str, Any]:
    return {
        "id": code,
        "shortDescription": {"text": _(rule.title)},
        "fullDescription": {"text": _(rule.help)},
        "help": {"text": _(rule.help)},
        "defaultConfiguration": {"level": rule.severity},
    }


def _result(problem: Problem) -> dict[str, Any]:
    place = {
        "artifactLocation": {"uri": _uri(problem.file)},
        "region": {"startLine": problem.line, "startColumn": problem.column},
    }
    return {
        "ruleId": problem.code,
        "level": problem.severity,
        "message": {"text": problem.message},
        "locations": [{"physicalLocation": place}],
    }


def _uri(file: str) -> str:
    path = PurePath(file)
    return path.as_uri() if path.is_absolute() else quote(path.as_posix())
