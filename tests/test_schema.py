"""The JSON Schema editors use: it knows every key, and agrees with the loader about what is a plan."""

import json
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from copy import deepcopy
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml
from check_jsonschema.parsers import ParseError, ParserSet
from conftest import ROOT, Kh
from jsonschema import Draft7Validator
from pydantic import TypeAdapter, ValidationError
from ruamel.yaml import YAMLError

from engine.plan.calendarfile import CalendarFile
from engine.plan.directory import Directory
from engine.plan.guide import GUIDE
from engine.plan.loader import Source, load_directory, load_plan
from engine.plan.model import Plan
from engine.plan.schema import json_schema
from engine.plan.words import Model

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

EVERY_KEY = (ROOT / "tests" / "data" / "every-key.yaml").read_text("utf-8")
READERS: dict[type[Model], Callable[[Path], Source]] = {Plan: load_plan, Directory: load_directory}
SMALLEST = """
plan: p
title: T
document: {issued: 2020-03-04, issuer: u}
directory: {units: {u: {name: U, level: province}}}
coordinator: u
span: 2020 .. 2021
stages:
  a:
    name: A
    clause: 1
    responsible: u
    soft: true
    complete_when: all
    outputs: [{name: O, count: 1}]
"""

# What the loader refuses and a schema cannot say: code (of the values that do not fit together: which) → why, and
# what to put in the place of what.
UNSAYABLE = {
    "KH004": ("an ordinary YAML reader follows anchors before the schema looks", "T\n", "&a T\n"),
    "KH005": ("an ordinary YAML reader follows tags before the schema looks", "T\n", "!!str T\n"),
    "KH006": (
        "to an ordinary YAML reader this is the key `signed_by` without a value",
        "issuer: u",
        "issuer: u, signed_by",
    ),
    "KH010": ("a day that does not exist is good text", "T\n", "2020-02-30\n"),
    "KH017": ("a schema does not count what is in quotes", "count: 1", "count: '0'"),
    "KH050": ("our grammar reads phrases", "2020 .. 2021", "từ 2020 đến 2021"),
    "KH018 validity": (
        "a schema does not compare days",
        "name: U",
        "name: U, valid_from: 2021-01-01, valid_to: 2020-01-01",
    ),
    "KH018 address": (
        "a schema does not take addresses apart",
        "name: U",
        "name: U, contact: {webhook: 'https://:0/'}",
    ),
    "KH021": ("a schema does not look for other files", "directory: {", "directory: nowhere.yaml\noccasions: {} #"),
}
# Plain words that an ordinary YAML reader takes for numbers and the like, and ours for text (DESIGN §3).
OTHERWISE = ("True", "TRUE", "FALSE", "Null", "=", "<<", "+5", ".5", ".inf", ".nan", "1_000", "1e3", "0x1F", "0o17")


def validator(model: type[Model]) -> Draft7Validator:
    schema = json_schema(model)
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema, format_checker=Draft7Validator.FORMAT_CHECKER)


VALIDATORS = {model: validator(model) for model in READERS}


def accepts(path: Path) -> bool:
    """What check-jsonschema says of a plan: its own YAML reader, then the schema."""
    try:
        value = ParserSet().parse_data_with_path(path.read_bytes(), path, "yaml")
    except (ParseError, YAMLError):
        return False
    return VALIDATORS[Plan].is_valid(value)


def refusals(model: type[Model], path: Path) -> set[str]:
    """The codes of the loader's errors; of values that do not fit together, which."""
    source = READERS[model](path)
    codes = {problem.code for problem in source.problems if problem.severity == "error"}
    if "KH018" not in codes:
        return codes
    with pytest.raises(ValidationError) as caught:
        model.model_validate(source.tree.value)
    ours = {item["type"] for item in caught.value.errors() if "text" in item.get("ctx", {})}
    return codes - {"KH018"} | {f"KH018 {kind}" for kind in ours}


def disagreement(accepted: bool, refused: set[str]) -> str | None:
    """Why schema and loader do not agree about a file; None where they do, or where a schema cannot say it."""
    if accepted and refused - UNSAYABLE.keys():
        return f"only the loader refuses it: {refused}"
    return "only the schema refuses it" if not accepted and not refused else None


# --- the guide ---------------------------------------------------------------------------------------------------


def parts() -> Iterator[tuple[str, dict[str, Any]]]:
    for model in (Plan, CalendarFile):
        schema = json_schema(model)
        yield model.__name__, schema
        yield from schema["definitions"].items()


def test_every_key_has_a_line_in_the_guide_and_every_line_a_key() -> None:
    assert {name: set(part["properties"]) for name, part in parts()} == {
        key: set(lines) for key, lines in GUIDE.items()
    }
    assert all(examples for lines in GUIDE.values() for _text, *examples in lines.values())


def models(model: type[Model] = Model) -> dict[str, type[Model]]:
    found = {model.__name__: model}
    for child in model.__subclasses__():
        found |= models(child)
    return found


def test_every_example_is_good_for_the_schema_and_for_the_loader() -> None:
    definitions = json_schema(Plan)["definitions"] | json_schema(CalendarFile)["definitions"]
    for name, part in parts():
        fields = {field.alias or key: field for key, field in models()[name].model_fields.items()}
        for key, schema in part["properties"].items():
            for example in schema["examples"]:
                Draft7Validator({**schema, "definitions": definitions}).validate(example)
                TypeAdapter(fields[key].rebuild_annotation()).validate_python(example)


def test_a_plan_with_every_key_is_good(kh: Kh, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(EVERY_KEY, encoding="utf-8")
    assert kh("check", "p.yaml").code == 0
    assert accepts(tmp_path / "p.yaml")
    keys = set(re.findall(r"[\w]+(?=:)", EVERY_KEY))
    of_other_files = {"units_from", "calendar", *GUIDE["CalendarFile"], *GUIDE["Announcement"]}
    assert {key for lines in GUIDE.values() for key in lines} - keys - of_other_files == set()


# --- the command -------------------------------------------------------------------------------------------------


def test_the_schema_speaks_the_language_in_force(kh: Kh) -> None:
    english, vietnamese = kh("schema").json, kh("--lang", "vi", "schema").json
    assert english["properties"]["title"]["description"].startswith("The title as the document has it")
    assert vietnamese["properties"]["title"]["description"].startswith("Trích yếu")
    assert kh("schema", "--directory").json["required"] == ["units"]


def test_what_cannot_be_saved_is_refused(kh: Kh) -> None:
    assert kh("schema", "--save", "nowhere", ok=False).code == 1
    assert kh("schema", "--directory", "--save", ".", ok=False).code == 2


def test_the_shipped_files_name_their_schema_and_validate_against_it(kh: Kh, tmp_path: Path) -> None:
    shutil.copytree(ROOT / "plans", tmp_path / "plans", ignore=shutil.ignore_patterns(".schema"))
    kh("schema", "--save", str(tmp_path / "plans"))
    files: dict[Path, list[Path]] = {}
    for path in (tmp_path / "plans").rglob("*.yaml"):
        (name,) = re.findall(r"\A# yaml-language-server: \$schema=(\S+)\n", path.read_text("utf-8"))
        files.setdefault((path.parent / name).resolve(), []).append(path)
    assert {path.name: len(some) for path, some in files.items()} == {"plan.json": 5, "directory.json": 4}
    for schema, some in files.items():
        command = [sys.executable, "-m", "check_jsonschema", "--schemafile", schema, *some]
        ran = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=60, check=False)
        assert ran.returncode == 0, ran.stdout + ran.stderr


# --- schema and loader -------------------------------------------------------------------------------------------

WORDS = ["so-a", "Có dấu", "", "x" * 81, "05", "-3", "2020-02-30", "every", "task", "80%", "a@b.example.vn"]
VALUES = [
    *WORDS,
    0,
    5,
    -3,
    10**7,
    1.5,
    True,
    False,
    None,
    date(2020, 3, 4),
    [],
    {},
    ["so-a"],
    ["so-a", 1, None],
    {"x": 1},
]
KEYS = sorted({key for lines in GUIDE.values() for key in lines})
Place = tuple[Any, Any]  # a mapping or list, and a key or index in it


def places(value: Any) -> Iterator[Place]:
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def mutated(tree: Any, chance: random.Random) -> Any:
    """A copy with one to three things otherwise."""
    tree = deepcopy(tree)
    for _time in range(chance.choice((1, 1, 2, 3))):
        mutate(*chance.choice(list(places(tree))), chance)
    return tree


def mutate(holder: Any, key: Any, chance: random.Random) -> None:
    kind = chance.randrange(4)
    if kind == 0:
        del holder[key]
    elif kind == 1 and isinstance(holder, dict):
        holder[chance.choice((f"{key}s", key[:-1], chance.choice(KEYS)))] = holder.pop(key)
    else:
        holder[key] = chance.choice(CHANGES)(holder[key], chance)


def first_part(value: Any, _chance: random.Random) -> Any:
    inner = list(value.values() if isinstance(value, dict) else value) if isinstance(value, dict | list) else []
    return inner[0] if inner else value


def one_key_more(value: Any, chance: random.Random) -> Any:
    return {**value, chance.choice(KEYS): chance.choice(VALUES)} if isinstance(value, dict) else value


CHANGES: tuple[Callable[[Any, random.Random], Any], ...] = (
    lambda _value, chance: chance.choice(VALUES),
    lambda value, _chance: [value],
    lambda value, chance: {chance.choice((*KEYS, "each", "joint")): value},
    lambda value, _chance: f"{value}x" if isinstance(value, str) else str(value),
    first_part,
    one_key_more,
)


@pytest.mark.parametrize("model", READERS)
def test_schema_and_loader_agree_about_mutated_files(model: type[Model], tmp_path: Path) -> None:
    chance = random.Random(2020)
    tree = yaml.safe_load(EVERY_KEY) if model is Plan else yaml.safe_load(EVERY_KEY)["directory"]
    path = tmp_path / "p.yaml"
    verdicts = []
    for _number in range(200):
        changed = mutated(tree, chance)
        path.write_text(yaml.safe_dump(changed, allow_unicode=True, sort_keys=False), encoding="utf-8")
        verdicts.append(VALIDATORS[model].is_valid(json.loads(json.dumps(changed, default=str))))
        assert disagreement(verdicts[-1], refusals(model, path)) is None, path.read_text("utf-8")
    assert 20 < sum(verdicts) < 180


SPELLINGS = (
    "no", "yes", "on", "true", "~", "null", "010", "05", "0", "1.10", "-.5", "08:30", "1:2", "2020-3-4", "2020-03-04",
    "2020-02-30", "2020-03-04T10:00:00Z", '"5"', "'05'", '"true"', '"null"', '""', "'2020-03-04'", "2020-W10", "*a",
    "&a b", "!!str 5", "[a, b", "{a, b}", "a: b", "@a", "%a",
)  # fmt: skip
PLACES = ("title: T", "coordinator: u", "issued: 2020-03-04", "count: 1", "soft: true", "complete_when: all")


def spelt(place: str, word: str, path: Path) -> str | None:
    """Do the two agree about the smallest plan with a word in the place of another?"""
    assert SMALLEST.count(place) == 1
    path.write_text(SMALLEST.replace(place, f"{place.split(':')[0]}: {word}"), encoding="utf-8")
    return disagreement(accepts(path), refusals(Plan, path))


@pytest.mark.parametrize("place", PLACES)
def test_schema_and_loader_agree_about_spellings(place: str, tmp_path: Path) -> None:
    assert {word: found for word in SPELLINGS if (found := spelt(place, word, tmp_path / "p.yaml"))} == {}


@pytest.mark.parametrize("word", OTHERWISE)
def test_only_words_that_yaml_reads_otherwise_divide_schema_and_loader(word: str, tmp_path: Path) -> None:
    assert any(spelt(place, word, tmp_path / "p.yaml") for place in PLACES)


@pytest.mark.parametrize("code", UNSAYABLE)
def test_what_a_schema_cannot_say_is_found_by_the_loader(code: str, tmp_path: Path) -> None:
    _why, old, new = UNSAYABLE[code]
    (path := tmp_path / "p.yaml").write_text(SMALLEST.replace(old, new, 1), encoding="utf-8")
    assert refusals(Plan, path) == {code}
    assert accepts(path)
