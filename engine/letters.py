"""Official letters laid out by Decree 30/2020/NĐ-CP: words from text templates, form from a Word file.

An office may put its own of either into the folder its settings name under `templates`. What only the clerk or the
signatory knows (number, day of signing) stays open.
"""

import io
from base64 import b64encode
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from engine.errors import BadValue, NotInstalled, Unavailable
from engine.i18n import N_, _
from engine.periods import in_words
from engine.templates import environment, exported, folders, plain, render

# kind → (its templates, what it is)
KINDS = {
    "cv": ("cong-van", N_("letter that chases")),
    "bc": ("bao-cao", N_("report to the superior")),
    "tb": ("thong-bao", N_("notice of a date")),
    "gm": ("giay-moi", N_("invitation to an event")),
}
ANY_KIND = "van-ban"
MOST_IN_TEXT = 5  # tasks that are named in the text; more of them are a table in the annex
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
_LISTS = ("to", "body", "copies")  # one paragraph a line


@dataclass(frozen=True)
class Letter:
    """A letter's words by their place in the layout."""

    kind: str
    language: str
    own: Path | None
    parts: Mapping[str, Any]

    @property
    def text(self) -> str:
        with _filling_in(f"{ANY_KIND}.txt.j2"):
            return render(f"{ANY_KIND}.txt.j2", self.language, self.parts, self.own)

    def docx(self) -> bytes:
        """Raises Unavailable without the `docx` extra, BadValue for a Word file that cannot be filled in."""
        try:
            from docxtpl import DocxTemplate
        except ImportError as error:
            raise NotInstalled("docxtpl", "docx") from error
        path = self._form()
        target = io.BytesIO()
        with _filling_in(path):
            form = DocxTemplate(path)
            form.render(self.parts, environment(self.language, self.own).overlay(autoescape=True))
            form.save(target)
        return target.getvalue()

    def _form(self) -> Path:
        """The office's own Word file for this kind or for all, else the one that is shipped."""
        names = (f"{KINDS[self.kind][0]}.docx", f"{ANY_KIND}.docx")
        places = [folder / name for folder in folders(self.language, self.own) for name in names]
        return next(path for path in places if path.is_file())


def write_letter(
    kind: str,
    sections: Sequence[Mapping[str, Any]],
    language: str,
    today: date,
    *,
    asked: date | None = None,
    own: Path | None = None,
) -> Letter:
    """A letter about the sections of one plan; `asked` is the new day it sets, left open where there is none.

    Raises BadValue for a text template that cannot be filled in.
    """
    sections = plain(sections)
    rows = [
        {**line, "stage": ", ".join(filter(None, (section["stage"]["name"], in_words(line["period"], language))))}
        for section in sections
        for line in section["lines"]
    ]
    annex = rows if kind != "gm" and len(rows) > MOST_IN_TEXT else []
    plan = sections[0]["plan"]
    context = {
        "kind": kind.upper(), "plan": plan, "sender": plan["sender"], "sections": sections, "rows": rows,
        "annex": annex, "today": today, "asked": asked,
    }  # fmt: skip
    parts: dict[str, Any] = {}
    for name in (f"_{ANY_KIND}.txt.j2", f"{KINDS[kind][0]}.txt.j2"):
        with _filling_in(name):
            parts |= exported(name, language, context, own)
    lists = {name: list(filter(None, map(str.strip, parts.get(name, "").splitlines()))) for name in _LISTS}
    return Letter(kind, language, own, {**context, **parts, **lists})


@contextmanager
def _filling_in(template: Path | str) -> Iterator[None]:
    """An office's own template and the expressions in it may fail in any way."""
    try:
        yield
    except Exception as error:
        raise BadValue(_("cannot fill in {path}: {reason}").format(path=template, reason=error)) from error


def attachment(letter: Letter, name: str) -> dict[str, str]:
    """A letter as an attachment of a stored message: the Word file, or its text where that cannot be made."""
    try:
        content = letter.docx()
    except (Unavailable, BadValue):
        return {"name": f"{name}.txt", "type": "text/plain", "text": letter.text}
    return {"name": f"{name}.docx", "type": DOCX, "base64": b64encode(content).decode()}
