"""A notice: what one message says, and the texts and attachments that templates make of it."""

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from pathlib import Path
from typing import Any

from engine.i18n import _, in_language
from engine.letters import attachment, write_letter
from engine.sections import Section
from engine.summaries import Summary, full_list, summary_of
from engine.templates import header_text, render


@dataclass(frozen=True)
class Notice:
    recipients: tuple[str, ...]
    sections: tuple[Section, ...]
    language: str
    coordinator: str
    contact: str
    today: date


@dataclass(frozen=True)
class Rendered:
    subject: str
    body: str
    html: str = ""
    attachments: list[dict[str, str]] = field(default_factory=list)
    failures: frozenset[str] = frozenset()  # what templates raised before these texts came out


def _plain(notice: Notice) -> dict[str, Any]:
    """A notice as plain data, all the templates ever see."""
    return {**vars(notice), "sections": [section.plain() for section in notice.sections]}


def render_notice(notice: Notice, own_templates: Path | None = None) -> Rendered:
    """By the office's own templates, else the shipped ones, else without any: a notice goes out whatever they do."""
    failures: list[str] = []
    for own in dict.fromkeys((own_templates, None)):
        try:
            return _rendered(notice, own, frozenset(failures))
        except Exception as error:  # a template may raise anything
            failures.append(f"{own or 'templates'}: {type(error).__name__}: {error}"[:500])
    with in_language(notice.language):
        return Rendered(_first_line(notice), "\n".join(_bare_lines(notice)) + "\n", failures=frozenset(failures))


def _rendered(notice: Notice, own: Path | None, failures: frozenset[str]) -> Rendered:
    summary = summary_of(notice.sections)
    context = {**_plain(replace(notice, sections=summary.sections)), "overview": vars(summary.overview)}

    def text(name: str, **more: Any) -> str:
        return render(name, notice.language, {**context, **more}, own)

    for section in context["sections"]:
        section["text"] = text(f"{section['template']}.txt.j2", section=section)
    return Rendered(
        subject=header_text(text("subject.txt.j2")),
        body=text("digest.txt.j2"),
        html=text("digest.html.j2"),
        attachments=[*_lists(notice, summary), *_letters(notice, own)],
        failures=failures,
    )


def _lists(notice: Notice, summary: Summary) -> Iterator[dict[str, str]]:
    """All that a message about many tasks speaks of, as a table."""
    if summary.overview.tasks:
        with in_language(notice.language):
            yield full_list(notice.sections, notice.today)


def _letters(notice: Notice, own: Path | None) -> Iterator[dict[str, str]]:
    """One draft for each plan that has something to chase."""
    by_plan: dict[str, list[dict[str, Any]]] = {}
    for section in notice.sections:
        if section.letter:
            by_plan.setdefault(section.lines[0].task.partition("/")[0], []).append(section.plain())
    for number, sections in enumerate(by_plan.values(), start=1):
        letter = write_letter("cv", sections, notice.language, notice.today, own=own)
        with in_language(notice.language):
            yield attachment(letter, _("draft-letter-{n}").format(n=number))


def _first_line(notice: Notice) -> str:
    first = notice.sections[0]
    return header_text(f"[{first.plan['number']}] {first.heading}: {first.stage['name']}")


def _bare_lines(notice: Notice) -> Iterator[str]:
    """The facts alone, for when no template will do."""
    yield _("To: {names}").format(names="; ".join(notice.recipients))
    for section in summary_of(notice.sections).sections:
        yield f"\n{section.heading}: {section.stage['name']} ({section.plan['number']}, {section.stage['clause']})"
        for line in section.lines:
            day = f"{line.last_day:%d/%m/%Y}" if line.last_day else line.phrase
            yield _("- {unit}: due {day}").format(unit=line.unit, day=day or "…")
        if section.left_out:
            yield _("- and {n} more").format(n=section.left_out)
    yield "\n" + _("Coordinator: {name} ({contact})").format(name=notice.coordinator, contact=notice.contact or "…")
