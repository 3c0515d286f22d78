"""Units from a table (`units_from`): the rows of a CSV file, as if written among the units of their directory."""

import csv
import io
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from engine.i18n import _
from engine.plan.directory import Contact
from engine.plan.files import TABLE, read_file
from engine.plan.tree import Mapping, Tree
from engine.plan.yamltree import MAX_PROBLEMS

CONTACT = tuple(Contact.model_fields)
COLUMNS = ("id", "name", "level", "parent", *CONTACT, "valid_from", "valid_to")
REQUIRED = COLUMNS[:3]


def merge_table(path: Path, tree: Tree) -> Tree:
    """Put the rows of a table among the units of a directory; the table with its mistakes. Raises BadValue."""
    table = Tree(str(path), "")
    units = tree.value.get("units")
    try:
        table.text = read_file(path, TABLE).decode("utf-8-sig")
        for row in _rows(table):
            if len(table.problems) >= MAX_PROBLEMS or not isinstance(units, Mapping):
                break
            _add(row, units, table)
    except UnicodeDecodeError:
        table.report((1, 1), "KH002", _("the file is not UTF-8: save it as UTF-8 and try again"))
    except csv.Error as error:
        table.report((1, 1), "KH022", _("this is no table of values parted by commas: {error}").format(error=error))
    return table


def _add(row: Mapping, units: Mapping, table: Tree) -> None:
    key = row.pop("id")
    if key in units:
        table.report(row.at, "KH009", _("unit “{key}” stands twice").format(key=key))
    else:
        units[key] = row
        units.keys_at[key] = units.values_at[key] = row.at


def _rows(table: Tree) -> Iterator[Mapping]:
    reader = csv.reader(io.StringIO(unicodedata.normalize("NFC", table.text), newline=""), strict=True)
    columns = next(reader, [])
    if missing := [name for name in REQUIRED if name not in columns]:
        message = _("the table lacks the columns {names}").format(names=", ".join(missing))
        table.report((1, 1), "KH022", message)
    elif unknown := [name for name in columns if name not in COLUMNS]:
        message = _("unknown columns {names}; known are {known}")
        table.report((1, 1), "KH022", message.format(names=", ".join(unknown), known=", ".join(COLUMNS)))
    else:
        named = list(enumerate(columns))
        own = [(place, name) for place, name in named if name not in CONTACT]
        contacts = [(place, name) for place, name in named if name in CONTACT]
        for cells in reader:
            at = (reader.line_num, 1)
            if cells and len(cells) != len(columns):
                table.report(at, "KH022", _("the row has another number of cells than the heading"))
            elif cells and (row := _row(at, [*map(str.strip, cells)], own, contacts, table)):
                yield row


Places = list[tuple[int, str]]  # the place of a column, and its name


def _row(at: tuple[int, int], cells: list[str], own: Places, contacts: Places, table: Tree) -> Mapping | None:
    row, contact = _part(at, cells, own, table), _part(at, cells, contacts, table)
    if "id" not in row:
        table.report(at, "KH022", _("the row has no id"))
        return None
    if contact:
        row["contact"] = contact
        row.keys_at["contact"] = row.values_at["contact"] = at
    return row


def _part(at: tuple[int, int], cells: list[str], places: Places, table: Tree) -> Mapping:
    part = Mapping(at, file=table.file)
    for place, name in places:
        if value := cells[place]:
            part[name] = value
    part.keys_at = part.values_at = dict.fromkeys(part, at)
    return part
