"""Tables as offices keep them: CSV in its many spellings, and the first sheet of an .xlsx workbook."""

import csv
import io
import unicodedata
import warnings
import zipfile
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

from engine.errors import BadValue, NotInstalled
from engine.i18n import _
from engine.plan.files import read_file
from engine.plan.writing import one_line

MOST_ROWS = 20_000
MOST_COLUMNS = 100
MOST_UNPACKED = 100_000_000  # bytes
MARKS = ((b"\xef\xbb\xbf", "utf-8-sig"), (b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16"))
WORKBOOK, OLD_WORKBOOK = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
DELIMITERS = ",;\t"


def read_rows(path: Path) -> list[list[str]]:
    """The cells of a table, row by row from its first; in composed Unicode, without blanks around. Days are ISO days.

    Raises BadValue for what is no table or too large, NotInstalled for a workbook without openpyxl.
    """
    data = read_file(path)
    try:
        rows = _workbook(data) if data.startswith(WORKBOOK) else _split(_decode(data))
    except (UnicodeDecodeError, csv.Error, _Unreadable) as error:
        raise BadValue(_("cannot read {path}: {reason}").format(path=path, reason=error)) from error
    if len(rows) > MOST_ROWS or max(map(len, rows), default=0) > MOST_COLUMNS:
        message = _("{path} has more than {rows} rows or {columns} columns")
        raise BadValue(message.format(path=path, rows=MOST_ROWS, columns=MOST_COLUMNS))
    return [[unicodedata.normalize("NFC", cell).strip() for cell in row] for row in rows]


class _Unreadable(Exception):
    """Why a file is no table."""


def _decode(data: bytes) -> str:
    """By the mark at its beginning, else by what it can be; Windows-1258 is what older Vietnamese systems write."""
    if data.startswith(OLD_WORKBOOK):
        raise _Unreadable(_("a workbook of the old kind (.xls): save it as .xlsx or .csv"))
    for mark, encoding in MARKS:
        if data.startswith(mark):
            return data.decode(encoding)
    if b"\0" in data:
        little = data[1::2].count(0) >= data[::2].count(0)
        return data.decode("utf-16-le" if little else "utf-16-be")
    try:
        return data.decode("utf-8")
    except UnicodeDecodeError:
        return data.decode("cp1258")


def _split(text: str) -> list[list[str]]:
    """The rows by the delimiter that gives the most of them the same number of cells."""
    found: list[list[list[str]]] = []
    for delimiter in DELIMITERS:
        try:
            found.append(list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)))
        except csv.Error as error:
            reason = error
    if not found:
        raise reason
    return max(found, key=_evenness)


def _evenness(rows: list[list[str]]) -> tuple[int, int]:
    """How many rows have the same number of cells, more than one; and that number."""
    widths = Counter(len(row) for row in rows if len(row) > 1)
    return max(((times, cells) for cells, times in widths.items()), default=(0, 0))


def _workbook(data: bytes) -> list[list[str]]:
    try:
        from openpyxl import load_workbook
    except ImportError as error:
        raise NotInstalled("openpyxl", "tables") from error
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # about styles and the like
            return _first_sheet(data, load_workbook)
    except _Unreadable:
        raise
    except Exception as error:  # whatever a broken workbook makes openpyxl raise
        reason = one_line(str(error), 200)
        raise _Unreadable(_("no workbook that can be read ({reason})").format(reason=reason)) from error


def _first_sheet(data: bytes, load_workbook: Callable[..., Any]) -> list[list[str]]:
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(item.file_size for item in packed.infolist()) > MOST_UNPACKED:
            raise _Unreadable(_("it unpacks to more than {n} MB").format(n=MOST_UNPACKED // 1_000_000))
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True, keep_links=False)
    return list(_cells(book.worksheets[0]))


def _cells(sheet: Any) -> Iterator[list[str]]:
    for row in sheet.iter_rows(max_row=MOST_ROWS + 1, max_col=MOST_COLUMNS + 1, values_only=True):
        cells = [_shown(value) for value in row]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _shown(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat("T", "minutes").removesuffix("T00:00")
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return "" if value is None else str(value)
