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

COLUMNS = ("id", "name", "level", "parent", *Contact.model_fields, "valid_from", "valid_to")
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
    reader = csv.DictReader(io.StringIO(table.text, newline=""), strict=True)
    columns = reader.fieldnames or []
    if missing := [name for name in REQUIRED if name not in columns]:
        message = _("the table lacks the columns {names}").format(names=", ".join(missing))
        table.report((1, 1), "KH022", message)
    elif unknown := [str(name) for name in columns if name not in COLUMNS]:
        message = _("unknown columns {names}; known are {known}")
        table.report((1, 1), "KH022", message.format(names=", ".join(unknown), known=", ".join(COLUMNS)))
    else:
        for cells in reader:
            if row := _row(reader.line_num, cells, table):
                yield row


def _row(number: int, cells: dict[str, str], table: Tree) -> Mapping | None:
    row = Mapping((number, 1), file=table.file)
    if None in cells or None in cells.values():
        table.report(row.at, "KH022", _("the row has another number of cells than the heading"))
        return None
    row.update({name: unicodedata.normalize("NFC", cell.strip()) for name, cell in cells.items() if cell.strip()})
    if "id" not in row:
        table.report(row.at, "KH022", _("the row has no id"))
        return None
    contact = Mapping(row.at, file=table.file)
    contact.update({name: row.pop(name) for name in Contact.model_fields if name in row})
    if contact:
        row["contact"] = contact
    for part in (row, contact):
        part.keys_at = part.values_at = dict.fromkeys(part, row.at)
    return row
