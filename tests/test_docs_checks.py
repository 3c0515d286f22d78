"""docs/checks.md and its Vietnamese twin: complete against the table of codes, and every example does what it says."""

import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT, Kh

from engine.checks import check
from engine.codes import RULES, SEVERITIES
from engine.i18n import _, in_language
from engine.plan.loader import load

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

PAGES = {"en": ROOT / "docs" / "checks.md", "vi": ROOT / "docs" / "vi" / "checks.md"}
SECTION = re.compile(r"^### (KH\d{3}) – (.*?)$(.*?)(?=^##|\Z)", re.MULTILINE | re.DOTALL)
EXAMPLE = re.compile(r"```yaml\n(.*?)```", re.DOTALL)
NO_YAML = {"KH002", "KH019", "KH022", "KH025", "KH058", "KH080"}  # bytes, folders, tables, sizes, packages, templates


def examples() -> Iterator[tuple[str, str]]:
    for code, _title, text in SECTION.findall(PAGES["en"].read_text("utf-8")):
        yield from ((code, block) for block in EXAMPLE.findall(text))


def laid_over(base: str, part: str) -> str:
    """The plan with the keys of a part in place of its own."""
    if part.startswith("# whole file"):
        return part
    blocks = {block.split(":")[0]: block for block in re.split(r"^(?=\S)", base, flags=re.MULTILINE)}
    blocks |= {block.split(":")[0]: block for block in re.split(r"^(?=\S)", part, flags=re.MULTILINE)}
    return "".join(blocks.values())


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_page_says_of_each_code_what_the_table_says(language: str) -> None:
    sections = SECTION.findall(PAGES[language].read_text("utf-8"))
    assert [code for code, _title, _text in sections] == list(RULES)
    with in_language(language):
        for code, title, text in sections:
            rule = RULES[code]
            assert title == _(rule.title)
            assert f"*{_(SEVERITIES[rule.severity])}* – {_(rule.help)}" in text


def test_the_twins_have_the_same_examples() -> None:
    english, vietnamese = (EXAMPLE.findall(page.read_text("utf-8")) for page in PAGES.values())
    assert english == vietnamese


def test_every_code_has_an_example() -> None:
    assert {code for code, _block in examples()} == RULES.keys() - NO_YAML


@pytest.mark.parametrize(("code", "part"), [*examples()])
def test_the_example_gives_that_code_and_no_other(code: str, part: str, tmp_path: Path) -> None:
    base = EXAMPLE.findall(PAGES["en"].read_text("utf-8"))[0]
    found = check(load(tmp_path / "plan.yaml", laid_over(base, part).encode()))
    assert [item.code for item in found] == [code]


@pytest.mark.parametrize("language", ["en", "vi"])
def test_the_output_shown_is_what_is_printed(kh: Kh, tmp_path: Path, language: str) -> None:
    page = PAGES[language].read_text("utf-8")
    (shown,) = re.findall(r"```text\n(.*?)```", page, re.DOTALL)
    (tmp_path / "ke-hoach.yaml").write_text(laid_over(EXAMPLE.findall(page)[0], "coordinator: so-ab\n"), "utf-8")
    assert kh("--lang", language, "check", "ke-hoach.yaml", ok=False).out.startswith(shown)


def test_the_plan_of_the_examples_is_clean(tmp_path: Path) -> None:
    base = EXAMPLE.findall(PAGES["en"].read_text("utf-8"))[0]
    assert check(load(tmp_path / "plan.yaml", base.encode())) == []
