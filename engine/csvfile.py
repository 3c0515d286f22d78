"""Tables as CSV that a spreadsheet opens: in UTF-8 with its mark, and no cell is ever taken for a formula."""

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any


def csv_text(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> str:
    target = io.StringIO()
    writer = csv.writer(target)
    writer.writerow(headings)
    writer.writerows([harmless("" if cell is None else str(cell)) for cell in row] for row in rows)
    return target.getvalue()


def csv_bytes(headings: Sequence[str], rows: Iterable[Sequence[Any]]) -> bytes:
    return csv_text(headings, rows).encode("utf-8-sig")


def harmless(cell: str) -> str:
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
