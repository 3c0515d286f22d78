"""From a plan's file to its model: every mistake of form at once, each with its line and column."""

import csv
import io
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from engine.almanac import Almanac
from engine.calendar import Calendar
from engine.errors import BadValue, PlanError, Problem, nearest
from engine.i18n import N_, _
from engine.plan.blueprint import Blueprint
from engine.plan.calendarfile import CalendarFile
from engine.plan.directory import Contact, Directory
from engine.plan.files import read_file
from engine.plan.model import Plan
from engine.plan.salvage import salvage
from engine.plan.yamltree import Mapping, Tree, parse

COLUMNS = ("id", "name", "level", "parent", *Contact.model_fields, "valid_from", "valid_to")


@dataclass
class Source:
    """A plan or a directory as written: its model where the form allows one, and its problems."""

    path: Path
    tree: Tree
    plan: Plan | None = None
    directory: Directory | None = None
    directory_tree: Tree | None = None
    directory_name: str = ""
    calendar: CalendarFile | None = None
    almanac: Almanac = field(default_factory=lambda: Almanac(Calendar()))
    problems: list[Problem] = field(default_factory=list)

    @property
    def broken(self) -> bool:
        """Is there an error? Then the models, if any, are only what is left of the file."""
        return any(problem.severity == "error" for problem in self.problems)

    @cached_property
    def blueprint(self) -> Blueprint:
        """What the plan means; only for a file of which a plan and a directory are left."""
        assert self.plan is not None
        assert self.directory is not None
        name = self.calendar.name if self.calendar else ""
        return Blueprint.from_source(self.plan, self.directory, self.directory_name, name)

    def written(self, *path: str) -> set[str]:
        """The keys that stand at a place of the file, broken or not."""
        tree = self.directory_tree if path[0] in ("units", "groups") else self.tree
        value = tree.value if tree else None
        steps = ("directory", *path) if tree is self.tree and path[0] in ("units", "groups") else path
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        return set(value) if isinstance(value, Mapping) else set()

    def report(self, path: Iterable[Any], code: str, message: str, severity: str = "error", key: bool = False) -> None:
        mark = self.tree.locate(path, key=key)
        self.problems.append(Problem(self.tree.file, *mark, code, severity, message))

    def report_directory(self, path: Iterable[Any], code: str, message: str, severity: str = "error") -> None:
        """A finding in the directory, a file of its own or a part of the plan's."""
        if tree := self.directory_tree:
            inside = ("directory",) if tree is self.tree and self.plan else ()
            self.problems.append(Problem(tree.file, *tree.locate((*inside, *path)), code, severity, message))


def load_plan(path: Path, almanac: Almanac | None = None) -> Source:
    """Read a plan with its directory and calendar. Raises BadValue only where the plan file itself cannot be read.

    `almanac` is what is known of the calendars without the file; by default what is shipped.
    """
    source = Source(path, _tree(path))
    source.almanac = almanac or source.almanac
    source.problems += source.tree.problems
    if source.tree.problems and not isinstance(source.tree.value, Mapping):
        return source
    plan = _validate(Plan, source.tree, source.problems, _("a plan"))
    if isinstance(plan, Plan):
        source.plan = plan
        _load_directory_of(plan, source)
        _load_calendar_of(plan, source)
    return source


def load_directory(path: Path) -> Source:
    """Read a directory file with the table it names."""
    source = Source(path, _tree(path))
    source.directory_tree, source.directory_name = source.tree, path.stem
    source.problems += source.tree.problems
    if isinstance(source.tree.value, Mapping):
        _merge_table(path.parent, source.tree, source.problems)
        directory = _validate(Directory, source.tree, source.problems, _("a directory"))
        source.directory = directory if isinstance(directory, Directory) else None
    return source


def load_calendar(path: Path) -> CalendarFile:
    """Read a file of announced days. Raises PlanError with every mistake of it."""
    found, problems = _read_calendar(path)
    if found is None or problems:
        raise PlanError(problems)
    return found


def _read_calendar(path: Path) -> tuple[CalendarFile | None, list[Problem]]:
    tree = _tree(path)
    problems = list(tree.problems)
    found = None if problems else _validate(CalendarFile, tree, problems, _("a calendar"))
    return (found if isinstance(found, CalendarFile) else None), problems


def _load_calendar_of(plan: Plan, source: Source) -> None:
    if plan.calendar is None:
        return
    try:
        source.calendar, problems = _read_calendar(source.path.parent / plan.calendar)
        source.problems += problems
        source.almanac = source.almanac.adding(source.calendar.days() if source.calendar else ())
    except BadValue as error:
        source.report(("calendar",), "KH021", str(error))


def _tree(path: Path) -> Tree:
    try:
        return parse(read_file(path), str(path))
    except PlanError as error:
        return Tree(str(path), "", problems=list(error.problems))


def _load_directory_of(plan: Plan, source: Source) -> None:
    if isinstance(plan.directory, Directory):
        source.directory, source.directory_tree, source.directory_name = plan.directory, source.tree, plan.plan
        if plan.directory.units_from:
            source.report(("directory", "units_from"), "KH020", _("units_from belongs in a directory file of its own"))
        return
    try:
        inner = load_directory(source.path.parent / plan.directory)
    except BadValue as error:
        source.report(("directory",), "KH021", str(error))
        return
    source.directory, source.directory_tree = inner.directory, inner.directory_tree
    source.directory_name = inner.directory_name
    source.problems += inner.problems


def _merge_table(folder: Path, tree: Tree, problems: list[Problem]) -> None:
    """Put the rows of `units_from` among the units, as if written there."""
    name = tree.value.get("units_from") if isinstance(tree.value, Mapping) else None
    if not isinstance(name, str):
        return
    units = tree.value.get("units")
    try:
        rows = _read_table(folder / name, problems)
    except BadValue as error:
        problems.append(Problem(tree.file, *tree.locate(("units_from",)), "KH021", "error", str(error)))
        return
    if not isinstance(units, Mapping):
        return
    for number, row in rows:
        key = row.pop("id")
        if key in units:
            message = _("unit “{key}” stands twice").format(key=key)
            problems.append(Problem(str(folder / name), number, 1, "KH009", "error", message))
            continue
        units[key] = row
        units.keys_at[key] = units.values_at[key] = units.at


def _read_table(path: Path, problems: list[Problem]) -> list[tuple[int, dict[str, Any]]]:
    try:
        text = read_file(path).decode("utf-8-sig")
        reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
        columns = reader.fieldnames or []
        if missing := [name for name in COLUMNS[:3] if name not in columns]:
            raise BadValue(_("{path}: the table lacks the columns {names}").format(path=path, names=", ".join(missing)))
        if unknown := [name for name in columns if name not in COLUMNS]:
            raise BadValue(
                _("{path}: unknown columns {names}; known are {known}").format(
                    path=path, names=", ".join(map(str, unknown)), known=", ".join(COLUMNS)
                )
            )
        return [
            (reader.line_num, unit)
            for row in reader
            if (unit := _row(path, reader.line_num, row, problems)) is not None
        ]
    except (UnicodeDecodeError, csv.Error) as error:
        raise BadValue(_("cannot read {path}: {reason}").format(path=path, reason=error)) from error


def _row(path: Path, number: int, row: dict[Any, Any], problems: list[Problem]) -> dict[str, Any] | None:
    if None in row or None in row.values():
        message = _("the row has another number of cells than the heading")
        problems.append(Problem(str(path), number, 1, "KH022", "error", message))
        return None
    filled = {name: unicodedata.normalize("NFC", value.strip()) for name, value in row.items() if value.strip()}
    if "id" not in filled:
        problems.append(Problem(str(path), number, 1, "KH022", "error", _("the row has no id")))
        return None
    contact = {name: filled.pop(name) for name in Contact.model_fields if name in filled}
    return filled | ({"contact": contact} if contact else {})


def _validate(model: type[BaseModel], tree: Tree, problems: list[Problem], what: str) -> BaseModel | None:
    if not isinstance(tree.value, Mapping):
        message = _("{what} is a mapping of keys and values; this file is not").format(what=what)
        problems.append(Problem(tree.file, 1, 1, "KH011", "error", message))
        return None
    try:
        return model.model_validate(tree.value)
    except ValidationError as error:
        problems += [_problem(tree, dict(item)) for item in error.errors(include_url=False, include_input=True)]
        return salvage(model, tree.value)


def _problem(tree: Tree, item: dict[str, Any]) -> Problem:
    kind, place = item["type"], item["loc"]
    code, text = _MESSAGES.get(kind, ("KH018", None))
    context = {name: value for name, value in item.get("ctx", {}).items() if isinstance(value, str | int)}
    name = str(place[-1]) if place else ""
    if text is None:
        message = str(context.get("text", item["msg"]))
    else:
        message = _(text).format(name=name, value=_shown(item.get("input")), **context)
    if kind == "extra_forbidden":
        message += nearest(name, known_keys())
    mark = tree.locate(place, key=kind in ("extra_forbidden", "missing"))
    return Problem(tree.file, *mark, code, "error", message)


def _shown(value: Any) -> str:
    text = str(value) if isinstance(value, str | int) else type(value).__name__
    return text if len(text) <= 60 else text[:60] + "…"


# pydantic's error type → our code and words.
_MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("KH012", N_("`{name}` is missing")),
    "extra_forbidden": ("KH013", N_("unknown key `{name}`")),
    "literal_error": ("KH014", N_("“{value}” is not known here; one of {expected}")),
    "string_type": ("KH015", N_("`{name}`: text is expected here")),
    "string_too_short": ("KH015", N_("`{name}` is empty: text is expected here")),
    "string_too_long": ("KH015", N_("`{name}`: longer than {max_length} characters")),
    "string_pattern_mismatch": ("KH016", N_("“{value}” cannot stand here: `{name}` takes plain ASCII without spaces")),
    "int_type": ("KH015", N_("`{name}`: a whole number is expected here, not “{value}”")),
    "int_parsing": ("KH015", N_("`{name}`: a whole number is expected here, not “{value}”")),
    "bool_type": ("KH015", N_("`{name}`: true or false is expected here, not “{value}”")),
    "bool_parsing": ("KH015", N_("`{name}`: true or false is expected here, not “{value}”")),
    "date_type": ("KH015", N_("`{name}`: a date such as 2020-03-04 is expected here")),
    "date_parsing": ("KH015", N_("`{name}`: a date such as 2020-03-04 is expected here, not “{value}”")),
    "date_from_datetime_parsing": ("KH015", N_("`{name}`: a date such as 2020-03-04 is expected here, not “{value}”")),
    "tuple_type": ("KH015", N_("`{name}`: a list is expected here")),
    "dict_type": ("KH015", N_("`{name}`: a mapping of keys and values is expected here")),
    "model_type": ("KH015", N_("`{name}`: a mapping of keys and values is expected here")),
    "model_attributes_type": ("KH015", N_("`{name}`: a mapping of keys and values is expected here")),
    "too_short": ("KH017", N_("`{name}` has fewer entries than the {min_length} it needs")),
    "greater_than_equal": ("KH017", N_("`{name}` must be at least {ge}")),
    "less_than_equal": ("KH017", N_("`{name}` must be at most {le}")),
}


@cache
def known_keys() -> frozenset[str]:
    """Every key of the plan and directory language."""
    from engine.plan import calendarfile, directory, model

    keys = {"each", "joint", "below", "same", "any"}
    for module in (model, directory, calendarfile):
        for item in vars(module).values():
            if isinstance(item, type) and issubclass(item, BaseModel):
                keys.update(field.alias or name for name, field in item.model_fields.items())
    return frozenset(keys)
