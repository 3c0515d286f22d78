"""What a reader of the project may rely on."""

import ast
import re
from pathlib import Path

import floors
import pytest
import yaml
from conftest import ROOT, Kh

from engine.checks import check
from engine.commands.main import COMMANDS
from engine.config import KEYS
from engine.ladders import TEMPLATES, built_in
from engine.letters import KINDS
from engine.plan.loader import load_plan
from engine.states import MOVES, Trigger

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

PLANS = sorted((ROOT / "plans").glob("*.yaml"))
README = (ROOT / "README.md").read_text("utf-8")
FOR_PROGRAMMERS = {"ARCHITECTURE.md"}


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_shipped_plans_are_clean(path: Path) -> None:
    source = load_plan(path)
    assert [str(item) for item in check(source) if item.severity == "error"] == []
    assert source.plan is not None
    assert source.plan.plan == path.stem


@pytest.mark.parametrize("path", PLANS, ids=lambda path: path.stem)
def test_every_district_and_department_can_be_written_to(path: Path) -> None:
    source = load_plan(path)
    assert source.directory is not None
    emails = []
    for name, unit in source.directory.units.items():
        if unit.level in ("district", "department"):
            assert unit.parent, name
            assert unit.contact.email, name
        if unit.contact.email:
            emails.append(unit.contact.email)
            assert unit.contact.email.endswith(".example.vn")
    assert len(emails) == len(set(emails))


def test_group_duties_have_a_task_per_unit() -> None:
    districts = {"dong-thap-2020-tong-ket": 12, "phu-tho-2018-giua-ky": 13, "kon-tum-2018-giua-ky": 10,
                 "gia-lai-2023-so-ket": 17, "dong-thap-2022-thi-dua": 12}  # fmt: skip
    for path in PLANS:
        source = load_plan(path)
        assert source.plan is not None
        assert source.directory is not None
        assert len(source.directory.groups_on(source.plan.document.date)["cap-huyen"]) == districts[path.stem]


def test_every_command_has_help_and_stands_in_the_readme(kh: Kh) -> None:
    for name in COMMANDS:
        assert f"`kh {name}`" in README
        assert len(kh(name, "--help").out.splitlines()) > 3


def test_every_template_is_there_in_both_languages() -> None:
    vietnamese, english = (
        {path.name for path in (ROOT / "templates" / language).iterdir()} for language in ("vi", "en")
    )
    assert vietnamese == english
    for name in (*TEMPLATES, "digest", "subject", "van-ban", *(name for name, _label in KINDS.values())):
        assert f"{name}.txt.j2" in english
    assert {rung.template for rung in built_in("don-doc")} <= set(TEMPLATES)


def test_the_yaml_in_the_readme_is_right(tmp_path: Path) -> None:
    (plan,) = re.findall(r"```yaml\n(.*?)```", README, re.DOTALL)
    path = tmp_path / "nho.yaml"
    path.write_text(plan, encoding="utf-8")
    assert [item for item in check(load_plan(path)) if item.severity != "note"] == []
    assert yaml.safe_load(plan)["plan"] == "nho"


def test_the_commands_in_the_readme_run(kh: Kh) -> None:
    (block,) = re.findall(r"## The first hour\n\n```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines():
        words = re.findall(r'"[^"]*"|\S+', line.split("   #")[0].split("  #")[0])
        assert words[0] == "kh"
        kh(*[str(ROOT / word) if word.startswith("plans/") else word.strip('"') for word in words[1:]])


def test_the_diagram_in_the_docs_equals_the_table() -> None:
    lines = ["stateDiagram-v2"]
    for move in MOVES:
        if move.trigger is not Trigger.UNDO:
            lines += [f"    {source} --> {move.destination}: {move.trigger}" for source in sorted(move.sources)]
    text = (ROOT / "docs" / "ARCHITECTURE.md").read_text("utf-8")
    (shown,) = re.findall(r"<!-- states -->\n```mermaid\n(.*?)\n```", text, re.DOTALL)
    assert shown.splitlines() == lines


def test_the_map_in_the_docs_is_that_of_the_files() -> None:
    page = floors.PAGE.read_text("utf-8")
    assert floors.written(page) == page, "run: python tests/floors.py"


def test_files_and_functions_stay_readable() -> None:
    for path in (ROOT / "engine").rglob("*.py"):
        text = path.read_text("utf-8")
        assert len(text.splitlines()) <= 350, path
        if "migrations" not in path.parts:
            long = [node.name for node in ast.walk(ast.parse(text))
                    if isinstance(node, ast.FunctionDef) and (node.end_lineno or 0) - node.lineno >= 55]  # fmt: skip
            assert long == [], path


def test_every_file_says_what_it_is_for() -> None:
    for path in (ROOT / "engine").rglob("*.py"):
        assert ast.get_docstring(ast.parse(path.read_text("utf-8"))), path


@pytest.mark.parametrize("page", ["README.md", "CONTRIBUTING.md", "SECURITY.md", "docs/ARCHITECTURE.md"])
def test_what_a_page_points_to_is_there(page: str) -> None:
    path = ROOT / page
    text = path.read_text("utf-8")
    for target in re.findall(r"\]\((?!http)([^)#]+)", text):
        assert (path.parent / target).exists(), target
    for target in re.findall(r"`((?:engine|docs|templates|tests|benchmarks)/[\w./]+)`", text):
        assert (ROOT / target).exists() or (ROOT / target).with_suffix(".py").exists(), target


def test_every_page_has_its_twin() -> None:
    pages = {path.name for path in (ROOT / "docs").glob("*.md")} - FOR_PROGRAMMERS
    assert pages == {path.name for path in (ROOT / "docs" / "vi").glob("*.md")}
    for folder in ("docs", "docs/vi"):
        index = (ROOT / folder / "README.md").read_text("utf-8")
        assert [page for page in pages - {"README.md"} if f"]({page})" not in index] == []


@pytest.mark.parametrize("folder", ["docs", "docs/vi"])
def test_every_setting_is_explained(folder: str) -> None:
    page = (ROOT / folder / "settings.md").read_text("utf-8")
    rows = re.findall(r"^\| `(.*?)` \| `(.*?)` \|", page, re.MULTILINE)
    assert rows == [(key.toml, key.env) for key in KEYS.values()]
    for key in KEYS.values():
        assert not key.default or f"| `{key.toml}` | `{key.env}` | `{key.default}` |" in page


def test_the_product_names_no_machine() -> None:
    for path in [*(ROOT / "engine").rglob("*.py"), *PLANS]:
        assert not re.search(r"/(root|home|work)/", path.read_text("utf-8")), path
