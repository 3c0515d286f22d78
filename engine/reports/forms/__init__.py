"""The forms a report takes as a file: a new one is a file and a line here. None of them works anything out."""

from collections.abc import Callable

from engine.reports.forms.csv import csv_bytes
from engine.reports.forms.docx import docx_bytes
from engine.reports.forms.markdown import markdown_bytes
from engine.reports.forms.plots import svg_bytes
from engine.reports.forms.xlsx import xlsx_bytes
from engine.reports.sheet import Report

# form, which is also how its files end → what makes it
FORMS: dict[str, Callable[[Report], bytes]] = {
    "md": markdown_bytes,
    "csv": csv_bytes,
    "xlsx": xlsx_bytes,
    "docx": docx_bytes,
    "svg": svg_bytes,
}
