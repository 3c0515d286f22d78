"""From a plan's file to its model: every mistake of form at once, each with its line and column."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ValidationError

from engine.almanac import Almanac
from engine.calendar import Calendar
from engine.errors import BadValue, PlanError, Problem, nearest
from engine.i18n import _, number
from engine.plan.blueprint import Blueprint
from engine.plan.calendarfile import CalendarFile
from engine.plan.directory import Directory
from engine.plan.files import YAML, names_in, read_file
from engine.plan.form import problems_of
from engine.plan.model import Plan
from engine.plan.salvage import UNKNOWN, salvage
from engine.plan.tree import Mapping, Tree
from engine.plan.unit_table import merge_table
from engine.plan.yamltree import MAX_PROBLEMS, parse

# One of these keys tells a plan, a directory or a calendar from any other YAML file.
OF_A_PLAN = frozenset({"plan", "stages", "document", "coordinator"})
OF_A_DIRECTORY = frozenset({"units", "groups", "units_from"})
OF_A_CALENDAR = frozenset({"announcements"})
MOST_COMPARED = 50_000


@dataclass
class Source:
    """A plan, a directory or a calendar as written: its model where the form allows one, and its problems."""

    path: Path
    tree: Tree
    plan: Plan | None = None
    directory: Directory | None = None
    directory_tree: Tree | None = None
    directory_name: str = ""
    calendar: CalendarFile | None = None
    almanac: Almanac = field(default_factory=lambda: Almanac(Calendar()))  # what is known, with the plan's own days
    table: Tree | None = None
    salvaged: bool = False  # are parts of the models missing, because they have mistakes of form?
    problems: list[Problem] = field(default_factory=list)
    compared: int = 0  # words, in search of the nearest

    @property
    def broken(self) -> bool:
        """Is there an error? Then the models, if any, are only what is left of the file."""
        return any(problem.severity == "error" for problem in self.problems)

    @cached_property
    def blueprint(self) -> Blueprint:
        """What the plan means, or what is left of it. Raises BadValue where its groups have too many members."""
        assert self.plan is not None
        directory = self.directory or Directory(units={})
        name = self.calendar.name if self.calendar else ""
        return Blueprint.from_source(self.plan, directory, self.directory_name, name, self.written("stages"))

    def written(self, *path: str) -> set[str]:
        """The keys that stand at a place of the file, broken or not."""
        tree, steps = self._directory_place(path) if path[0] in ("units", "groups") else (self.tree, path)
        value = tree.value if tree else None
        for step in steps:
            value = value.get(step) if isinstance(value, Mapping) else None
        return set(value) if isinstance(value, Mapping) else set()

    def report(self, path: Iterable[Any], code: str, message: str, *, key: bool = False) -> None:
        """Add a finding at a place of the file (at its key, with `key`)."""
        self.problems.append(Problem(*self.tree.locate(path, key=key), code, message))

    def report_within(self, path: Iterable[Any], text: str, position: int, code: str, message: str) -> None:
        """Add a finding at a character of a text, where the text stands in one line as it is."""
        file, line, column = self.tree.locate(path)
        start = self.tree.line(line).find(text, column - 1)
        inside = start in (column - 1, column)  # perhaps behind a quote
        self.problems.append(Problem(file, line, start + position + 1 if inside else column, code, message))

    def report_in_directory(self, path: tuple[Any, ...], code: str, message: str, *, key: bool = False) -> None:
        """Add a finding at a place of the directory, wherever that is written."""
        tree, steps = self._directory_place(path)
        if tree is not None:
            self.problems.append(Problem(*tree.locate(steps, key=key), code, message))

    def hint(self, word: str, known: Iterable[str]) -> str:
        """The nearest word, for as many findings as there is time to look."""
        known = list(known)
        self.compared += len(known)
        return nearest(word, known) if self.compared <= MOST_COMPARED else ""

    def full(self) -> bool:
        """Are there so many findings that it is better to mend some first? Says so once."""
        if len(self.problems) <= MAX_PROBLEMS:
            return False
        if self.problems[-1].code != "KH025":
            text = _("more than {n} mistakes: the rest was not looked for").format(n=number(MAX_PROBLEMS))
            self.report((), "KH025", text)
        return True

    def line(self, problem: Problem) -> str:
        """The line a finding points at."""
        trees = [tree for tree in (self.tree, self.directory_tree, self.table) if tree and tree.file == problem.file]
        return trees[0].line(problem.line) if trees else ""

    def _directory_place(self, path: tuple[Any, ...]) -> tuple[Tree | None, tuple[Any, ...]]:
        return self.directory_tree, ("directory", *path) if self.directory_tree is self.tree and self.plan else path


def load(path: Path, data: bytes | None = None, *, named: bool = True) -> Source:
    """Read a plan or a directory, told apart by their keys; what is neither is an error only where it was `named`.

    `data` is the content, where the path is only its name.
    """
    source = _source(path, data)
    keys = set(source.tree.value) if isinstance(source.tree.value, Mapping) else set()
    if keys & OF_A_PLAN:
        return _load_plan(source)
    if keys & OF_A_DIRECTORY:
        return _load_directory(source)
    if keys & OF_A_CALENDAR:
        return _load_calendar(source)
    if not source.problems:
        text = _(
            "neither a plan (plan, title, document, directory, coordinator, span, stages), nor a directory (units), "
            "nor a calendar (announcements)"
        )
        source.report((), "KH011" if named else "KH019", text)
    return source


def load_plan(path: Path, almanac: Almanac | None = None) -> Source:
    """Read a plan with its directory and calendar. What cannot be read at all is a problem like any other.

    `almanac` is what is known of the calendars without the file; by default what is shipped.
    """
    source = _source(path)
    source.almanac = almanac or source.almanac
    return _load_plan(source)


def load_calendar(path: Path) -> CalendarFile:
    """Read a file of announced days. Raises PlanError with every mistake of it."""
    source = _load_calendar(_source(path))
    if source.calendar is None or source.problems:
        raise PlanError(source.problems)
    return source.calendar


def load_directory(path: Path) -> Source:
    """Read a directory file with the table it names."""
    return _load_directory(_source(path))


def _source(path: Path, data: bytes | None = None, kinds: tuple[str, ...] = ()) -> Source:
    try:
        tree = parse(read_file(path, kinds) if data is None else data, str(path))
    except PlanError as error:
        tree = Tree(str(path), "", problems=list(error.problems))
    except BadValue as error:
        tree = Tree(str(path), "", problems=[Problem(str(path), 1, 1, "KH021", str(error))])
    return Source(path, tree, problems=list(tree.problems))


def _load_plan(source: Source) -> Source:
    if source.problems and not isinstance(source.tree.value, Mapping):
        return source
    plan = _validate(Plan, source, _("a plan"))
    if isinstance(plan, Plan):
        source.plan = plan
        _load_directory_of(plan, source)
        _load_calendar_of(plan, source)
    return source


def _load_directory(source: Source) -> Source:
    tree = source.directory_tree = source.tree
    source.directory_name = source.path.stem
    if not isinstance(tree.value, Mapping) and source.problems:
        return source
    if isinstance(tree.value, Mapping) and isinstance(name := tree.value.get("units_from"), str):
        try:
            source.table = merge_table(source.path.parent / name, tree)
            source.problems += source.table.problems
        except BadValue as error:
            source.report(("units_from",), "KH021", str(error))
    directory = _validate(Directory, source, _("a directory"))
    source.directory = directory if isinstance(directory, Directory) else None
    return source


def _load_calendar(source: Source) -> Source:
    if not source.problems or isinstance(source.tree.value, Mapping):
        found = _validate(CalendarFile, source, _("a calendar"))
        source.calendar = found if isinstance(found, CalendarFile) and not source.broken else None
    return source


def _load_calendar_of(plan: Plan, source: Source) -> None:
    if plan.calendar is None or plan.calendar == UNKNOWN:
        return
    inner = _load_calendar(_source(source.path.parent / plan.calendar, kinds=YAML))
    if inner.tree.problems and inner.tree.problems[0].code == "KH021":
        source.report(("calendar",), "KH021", inner.tree.problems[0].message)
        return
    source.problems += inner.problems
    if inner.calendar is not None:
        source.calendar, source.almanac = inner.calendar, source.almanac.adding(inner.calendar.days())


def _load_directory_of(plan: Plan, source: Source) -> None:
    if isinstance(plan.directory, Directory):
        source.directory, source.directory_tree, source.directory_name = plan.directory, source.tree, plan.plan
        if plan.directory.units_from:
            source.report(("directory", "units_from"), "KH020", _("units_from belongs in a directory file of its own"))
    elif plan.directory != UNKNOWN:
        _load_directory_file(source.path.parent / plan.directory, source)


def _load_directory_file(path: Path, source: Source) -> None:
    inner = _load_directory(_source(path, kinds=YAML))
    if inner.tree.problems and inner.tree.problems[0].code == "KH021":  # said where the plan names it
        hint = nearest(path.name, names_in(path.parent))
        source.report(("directory",), "KH021", inner.tree.problems[0].message + hint)
        return
    source.directory, source.directory_tree, source.table = inner.directory, inner.tree, inner.table
    source.directory_name, source.salvaged = inner.directory_name, source.salvaged or inner.salvaged
    source.problems += inner.problems


def _validate(model: type[BaseModel], source: Source, what: str) -> BaseModel | None:
    """The model; where there are mistakes of form, what is left of it; None where the end of the file is not known."""
    tree = source.tree
    if not isinstance(tree.value, Mapping):
        source.report((), "KH011", _("{what} is a mapping of keys and values; this file is not").format(what=what))
        return None
    try:
        found = model.model_validate(tree.value)
    except ValidationError as error:
        source.problems += problems_of(error, tree, model)
        source.salvaged = True
        source.full()
        return salvage(model, tree.value) if tree.cut is None and error.error_count() < MAX_PROBLEMS else None
    return found if tree.cut is None else None
