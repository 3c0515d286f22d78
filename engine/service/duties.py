"""From the rows of an office's list of duties to the stages of a plan; what cannot be read is kept with the reason."""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import partial
from pathlib import Path
from typing import TypeVar

from engine.deadlines import Open, read
from engine.errors import BadValue, KhError
from engine.i18n import _
from engine.plan.naming import Named, Names
from engine.plan.sheets import read_rows
from engine.plan.writing import one_line, slug, unused

# The columns of a list and the headings they bear, in the form that `_heading` gives them.
COLUMNS = {
    "unit": (
        "unit", "responsible", "đơn vị", "đơn vị thực hiện", "đơn vị chủ trì", "cơ quan", "cơ quan thực hiện",
        "cơ quan chủ trì", "cơ quan đơn vị", "cơ quan đơn vị thực hiện", "cơ quan đơn vị chủ trì", "chủ trì",
        "đơn vị chịu trách nhiệm", "trách nhiệm thực hiện",
    ),
    "task": (
        "task", "nhiệm vụ", "nội dung", "nội dung công việc", "nội dung nhiệm vụ", "công việc", "đầu việc",
        "tên nhiệm vụ", "nhiệm vụ giải pháp", "nội dung thực hiện", "nhiệm vụ cụ thể",
    ),
    "deadline": (
        "deadline", "thời hạn", "thời hạn hoàn thành", "thời hạn thực hiện", "thời gian", "thời gian hoàn thành",
        "thời gian thực hiện", "hạn hoàn thành", "hạn", "tiến độ", "tiến độ thực hiện",
    ),
    "output": ("output", "sản phẩm", "kết quả", "sản phẩm đầu ra", "sản phẩm kết quả", "kết quả sản phẩm",
               "sản phẩm hoàn thành", "dự kiến sản phẩm", "hình thức văn bản"),
    "recipient": ("recipient", "nơi nhận", "đơn vị nhận", "cơ quan nhận", "gửi", "gửi đến", "nơi nhận báo cáo",
                  "cấp trình", "trình"),
    "clause": ("clause", "điều khoản", "mục", "điều", "điều khoản mục", "điều mục", "căn cứ", "mục điều khoản"),
}  # fmt: skip
HEADING_WITHIN = 20  # rows: a list may have a title above it
MOST_DUTIES = 2_000
LONGEST_NAME, LONGEST = 300, 10_000  # characters
Found = TypeVar("Found")
_ISO_DAY = re.compile(r"(\d{4})-(\d{2})-(\d{2})\Z")


@dataclass(frozen=True)
class Duty:
    """A row as a stage. One with `problems` is kept in the words of the list."""

    row: int
    source: str  # the row itself
    id: str
    name: str
    content: tuple[str, ...]
    clause: str
    responsible: Named | str
    deadline: str
    last_day: date | None  # as far as the deadline itself says
    ongoing: bool
    outputs: tuple[str, ...]
    submit_to: tuple[str, ...]
    problems: tuple[str, ...]


@dataclass(frozen=True)
class Duties:
    rows: tuple[Duty, ...]
    ignored: tuple[str, ...]  # the headings of columns that are none of ours


def read_duties(path: Path, names: Names, issued: date) -> Duties:
    """Read a list of duties. Raises BadValue for a file that is no such list."""
    rows = read_rows(path)
    start, columns = _find_heading(path, rows)
    body = [(number, row) for number, row in enumerate(rows[start + 1 :], start=start + 2) if not _is_empty(row)]
    if len(body) > MOST_DUTIES:
        raise BadValue(_("{path} has more than {n} rows: make several lists of it").format(path=path, n=MOST_DUTIES))
    taken: set[str] = set()
    duties = [_duty(number, row, _cells(row, columns), names, issued, taken) for number, row in body]
    ignored = [cell for place, cell in enumerate(rows[start]) if cell and place not in columns.values()]
    return Duties(tuple(duties), tuple(ignored))


def _find_heading(path: Path, rows: Sequence[Sequence[str]]) -> tuple[int, dict[str, int]]:
    """The first row that names a unit's and a task's column, and where each column stands."""
    for number, row in enumerate(rows[:HEADING_WITHIN]):
        headings = [_heading(cell) for cell in row]
        columns = {
            column: place
            for column, known in COLUMNS.items()
            if (place := next((place for place, text in enumerate(headings) if text in known), None)) is not None
        }
        if columns.keys() >= {"unit", "task"}:
            return number, columns
    text = _("{path}: no heading names the columns unit (Đơn vị) and task (Nhiệm vụ); its first row reads: {row}")
    first = next((row for row in rows if any(row)), [])
    raise BadValue(text.format(path=path, row=one_line(" | ".join(first), 200)))


def _heading(cell: str) -> str:
    plain = re.sub(r"\(.*?\)", " ", cell[:200].casefold())
    return " ".join(re.findall(r"[^\W_]+", plain))


def _cells(row: Sequence[str], columns: Mapping[str, int]) -> dict[str, str]:
    return {column: row[columns[column]] if columns.get(column, len(row)) < len(row) else "" for column in COLUMNS}


def _is_empty(row: Sequence[str]) -> bool:
    """Nothing in it, or only the numbers of the columns: (1), (2), …"""
    return all(cell.strip("()[]. ").isdigit() for cell in row if cell)


def _duty(
    number: int, row: Sequence[str], cells: Mapping[str, str], names: Names, issued: date, taken: set[str]
) -> Duty:
    problems = [
        _("{column}: longer than {n} characters").format(column=column, n=LONGEST)
        for column, cell in cells.items() if len(cell) > LONGEST
    ]  # fmt: skip

    def tried(reader: Callable[[str], Found], text: str) -> Found | None:
        try:
            return reader(text) if text else None
        except KhError as error:
            problems.append(one_line(str(error)))
            return None

    task, unit, phrase = _lines(cells["task"]), one_line(cells["unit"]), _phrase(cells["deadline"])
    if not task or not unit:
        problems.append(_("no unit is named") if task else _("no task is named"))
    name = one_line(task[0], LONGEST_NAME) if task else ""
    responsible = tried(names.read, cells["unit"])
    deadline = tried(partial(read, issued=issued), phrase)
    recipients = tried(names.read, cells["recipient"])
    submit_to = recipients.names if recipients else ()
    if problems:
        responsible, submit_to = None, tuple(filter(None, [one_line(cells["recipient"])]))
    return Duty(
        row=number, source=one_line(" | ".join(row)), id=unused(slug(name) or f"row-{number}", taken), name=name,
        content=task if name not in task[:1] else task[1:],
        clause=one_line(cells["clause"]) or _("row {n} of the list").format(n=number),
        responsible=responsible or unit,
        deadline=phrase, last_day=getattr(deadline, "last_day", None) or getattr(deadline, "end", None),
        ongoing=isinstance(deadline, Open), outputs=_lines(cells["output"].replace(";", "\n")),
        submit_to=submit_to, problems=tuple(problems),
    )  # fmt: skip


def _lines(cell: str) -> tuple[str, ...]:
    """The lines of a cell, without bullets."""
    return tuple(filter(None, (one_line(line).lstrip("-–•+* ") for line in cell.splitlines())))


def _phrase(cell: str) -> str:
    """A deadline as documents write it, also where the list has a bare day."""
    found = _ISO_DAY.match(cell)
    return f"ngày {int(found[3])}/{int(found[2])}/{found[1]}" if found else one_line(cell)
