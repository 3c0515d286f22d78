"""The plots of a summary as SVG: the on-time rate by level, and over time."""

from collections.abc import Mapping
from typing import Any

from engine.errors import BadValue
from engine.i18n import _, language
from engine.plan.writing import one_line
from engine.reports.sheet import Report, Row, percent
from engine.templates import render

LEFT, WIDE, HIGH, STEP = 190, 420, 220, 34  # of the plots, in pixels


def svg_bytes(report: Report) -> bytes:
    """Raises BadValue for a report that has no rates to plot."""
    tables = {sheet.key: sheet for sheet in report.sheets}
    if "levels" not in tables:
        raise BadValue(_("only the summary has plots: kh report summary"))
    trend = tables.get("trend")
    view = {
        "title": one_line(report.title), "subtitle": one_line(report.subtitle), "about": one_line(report.lines[0]),
        "by_level": _("On-time rate by level"), "over_time": _("On-time rate over time"),
        "bars": [_bar(row, number) for number, row in enumerate(tables["levels"].rows)],
        "points": _points(trend.rows) if trend else [],
        "left": LEFT, "wide": WIDE, "high": HIGH, "step": STEP,
    }  # fmt: skip
    return render("plot.svg.j2", language(), view).encode()


def _bar(row: Row, number: int) -> dict[str, Any]:
    return {"label": row["level"], "y": number * STEP, "long": round(WIDE * (row["rate"] or 0), 1), **_said(row)}


def _points(rows: Any) -> list[dict[str, Any]]:
    step = WIDE / max(1, len(rows) - 1)
    return [
        {"label": row["period"], "x": round(number * step, 1),
         "y": None if row["rate"] is None else round(HIGH * (1 - row["rate"]), 1), **_said(row)}
        for number, row in enumerate(rows)
    ]  # fmt: skip


def _said(row: Mapping[str, Any]) -> dict[str, str]:
    return {"rate": "–" if row["rate"] is None else percent(row["rate"]), "tasks": str(row["tasks"])}
