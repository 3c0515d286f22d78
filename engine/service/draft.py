"""A new plan, written out with comments, from the template of its kind or from an office's list of duties."""

import os
import re
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from engine.calendar import Calendar
from engine.errors import BadValue, NotFound, PlanError, Problem
from engine.i18n import _, in_language
from engine.plan.directory import Directory
from engine.plan.loader import load, load_directory
from engine.plan.naming import Names
from engine.plan.schema import FOLDER
from engine.plan.writing import one_line, slug, unused
from engine.plan.yamltree import parse
from engine.service.duties import Duties, read_duties
from engine.service.start import sound
from engine.templates import render

# The first line of a new plan: editors that know it complete and check while one types.
EDITOR_LINE = f"# yaml-language-server: $schema={FOLDER}/plan.json"
# Each kind of plan has a template of its name; this is the last part of such a plan's id.
KINDS = {
    "summary": "tong-ket",
    "mid-term": "giua-ky",
    "interim": "so-ket",
    "emulation": "thi-dua",
    "other": "ke-hoach",
}

_PROVINCE = re.compile(r"(?:tỉnh|thành phố) ", re.IGNORECASE)


@dataclass(frozen=True)
class Order:
    """What the author said; `path` is where the plan will lie, `directory` and `duties` are files."""

    id: str
    kind: str
    title: str
    number: str
    issued: date
    province: str
    language: str
    path: Path
    directory: Path | None = None
    coordinator: str | None = None
    duties: Path | None = None


@dataclass(frozen=True)
class Draft:
    text: str
    findings: tuple[Problem, ...]
    stages: int
    duties: Duties


def bare(province: str) -> str:
    """A province's name as ids have it: dong-thap."""
    return slug(_PROVINCE.sub("", one_line(province)))


def suggested_id(province: str, issued: date, kind: str) -> str:
    """As the shipped plans are called: dong-thap-2020-tong-ket."""
    return "-".join(filter(None, (bare(province), str(issued.year), KINDS[kind])))


def draft(order: Order) -> Draft:
    """The text of a new plan that has no mistakes; nothing is written.

    Raises NotFound for a coordinator that the directory does not know, PlanError for a directory with mistakes,
    BadValue for a directory without a province or a list of which no row can be read.
    """
    with in_language(order.language):
        return _draft(order)


def _draft(order: Order) -> Draft:
    directory, units = _given(order.directory) if order.directory else _usual(order)
    names = Names(directory, order.issued)
    duties = read_duties(order.duties, names, order.issued) if order.duties else Duties((), ())
    if order.duties and all(duty.problems for duty in duties.rows):
        raise BadValue(_no_row(order.duties, duties))
    context = {
        **_facts(order), **_cast(order, names), **_days(order.issued),
        "editor_line": EDITOR_LINE, "file": one_line(order.path.name), "units": units, "duties": duties.rows,
        "last_day": max((duty.last_day for duty in duties.rows if duty.last_day), default=order.issued),
        "directory": order.directory and os.path.relpath(order.directory, order.path.parent).replace(os.sep, "/"),
    }  # fmt: skip
    name = "list" if order.duties else order.kind
    text = render(f"new/{name}.yaml.j2", order.language, context)
    source = load(order.path, text.encode())
    return Draft(text, sound(source), len(source.blueprint.plan.stages), duties)


def _given(path: Path) -> tuple[Directory, None]:
    source = load_directory(path)
    if source.directory is None or source.broken:
        raise PlanError(source.problems)
    return source.directory, None


def _usual(order: Order) -> tuple[Directory, str]:
    """The usual units of a province on the plan's day, with the coordinator where it is none of them."""

    def written(own: dict[str, str] | None) -> tuple[Directory, str]:
        domain = f"{bare(order.province).replace('-', '') or 'tinh'}.example.vn"
        text = render("new/_units.yaml.j2", order.language, {**_facts(order), "domain": domain, "own": own})
        return Directory.model_validate(parse(text.encode(), "").value), text

    directory, text = written(None)
    if not order.coordinator or Names(directory, order.issued).find_unit(order.coordinator):
        return directory, text
    own = unused(slug(order.coordinator) or "dieu-phoi", set(directory.units))
    return written({"id": own, "name": one_line(order.coordinator)})


def _facts(order: Order) -> dict[str, Any]:
    province = one_line(order.province)
    return {
        "id": order.id, "kind": order.kind, "title": one_line(order.title), "number": one_line(order.number),
        "issued": order.issued, "province": province if _PROVINCE.match(province) else f"tỉnh {province}",
        "language": order.language,
    }  # fmt: skip


def _cast(order: Order, names: Names) -> dict[str, Any]:
    """Who plays which part in a template."""
    issuer = names.first("province")
    coordinator = names.find_unit(order.coordinator) if order.coordinator else names.first("department")
    districts, communes = names.find_level("district"), names.find_level("commune")
    if issuer is None or not (districts or communes or order.duties):
        message = _("{path}: a plan needs a unit of the level province and a group of the level district or commune")
        raise BadValue(message.format(path=order.directory))
    if coordinator is None:
        raise NotFound(_("coordinator"), order.coordinator or "", names.shown)
    return {
        "issuer": issuer, "coordinator": coordinator, "ministry": names.first("central"),
        "office": names.find_unit("Văn phòng UBND tỉnh") or coordinator,
        "home_affairs": names.find_unit("Sở Nội vụ") or coordinator,
        "departments": names.find_level("department", besides=coordinator),
        "local": districts or communes,
        "local_units": _("districts, towns and cities") if districts else _("communes, wards and special zones"),
    }  # fmt: skip


def _days(issued: date) -> dict[str, Any]:
    """Days of a template, counted in working days from the plan's date, so that none of its deadlines is a day off."""
    calendar = Calendar()

    def workday(n: int) -> date:
        return calendar.add_working(issued, n)

    def on(n: int, later: int = 0) -> str:
        day = workday(n) + timedelta(days=later)
        return f"{day.day}/{day.month}/{day.year}"

    return {"workday": workday, "on": on, "before": lambda n: on(n, later=1)}


def _no_row(path: Path, duties: Duties) -> str:
    first = next((f"{duty.row}: {'; '.join(duty.problems)}" for duty in duties.rows), _("it has no rows"))
    return _("{path}: no row can be read; {first}").format(path=path, first=first)
