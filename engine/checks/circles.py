"""Stages that wait for one another in a circle, or for what is never done."""

from collections.abc import Iterable, Iterator, Mapping

from engine.errors import PhraseError
from engine.i18n import _
from engine.plan.blueprint import Blueprint
from engine.plan.directory import Directory
from engine.plan.loader import Source
from engine.plan.model import After

MOST_SHOWN = 8  # names of a circle
MOST_CIRCLES = 100


def circles(source: Source, blueprint: Blueprint, _directory: Directory) -> None:
    """Circles of `after`, and of dates that hang on one another; a prohibition in either.

    The two are apart: a conference may wait for papers that are due before it.
    """
    waits: dict[str, list[str]] = {}
    hangs: dict[str, list[str]] = {}
    for stage_id, stage in blueprint.plan.stages.items():
        waits[stage_id] = _needed(stage.after)
        try:
            anchor, after = blueprint.anchor(stage_id), blueprint.predecessors(stage_id)
        except PhraseError:  # the phrase check reports it
            continue
        waits[stage_id], hangs[stage_id] = _needed(after), [anchor] if anchor else []
        _prohibitions(
            source, blueprint, stage_id, [*(name for item in after for name in item.stages), *hangs[stage_id]]
        )
    said: set[frozenset[str]] = set()
    for leads in (waits, hangs):
        for circle in circles_in(leads):
            if frozenset(circle) not in said:
                said.add(frozenset(circle))
                source.report(("stages", circle[0]), "KH035", _in_words(circle), key=True)


def _needed(after: Iterable[After]) -> list[str]:
    """The stages that must be done; of several under `any` none need be."""
    return [name for item in after if item.how != "any" or len(item.stages) == 1 for name in item.stages]


def _prohibitions(source: Source, blueprint: Blueprint, stage_id: str, leaders: Iterable[str]) -> None:
    stages = blueprint.plan.stages
    named = {name for item in stages[stage_id].after for name in item.stages}
    for name in dict.fromkeys(leaders):
        if name in stages and stages[name].type == "prohibition":
            key = "after" if name in named else "deadline" if blueprint.is_written(stage_id) else "inferred"
            text = _("{name} is a prohibition: nothing can wait for it").format(name=name)
            source.report(("stages", stage_id, key), "KH036", text)


def _in_words(circle: list[str]) -> str:
    if len(circle) == 1:
        return _("{stage} waits for itself").format(stage=circle[0])
    return _("these stages wait for one another: {circle}").format(circle=drawn(circle))


def drawn(circle: list[str]) -> str:
    """a → b → a; the middle of a long circle is left out."""
    shown = circle if len(circle) <= MOST_SHOWN else [*circle[: MOST_SHOWN - 2], "…", circle[-1]]
    return " → ".join([*shown, circle[0]])


def circles_in(leads: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """A circle for every link that closes one (the first hundred), each beginning with its first in the file.

    Without recursion, for chains may be long.
    """
    order = {name: place for place, name in enumerate(leads)}
    found: list[list[str]] = []
    done: set[str] = set()
    for start in leads:
        path: dict[str, Iterator[str]] = {} if start in done else {start: iter(leads[start])}
        while path and len(found) < MOST_CIRCLES:
            name = next(reversed(path))
            step = next((one for one in path[name] if one in leads and one not in done), None)
            if step is None:
                del path[name]
                done.add(name)
            elif step in path:
                way = [*path]
                circle = way[way.index(step) :]
                first = min(range(len(circle)), key=lambda place: order[circle[place]])
                found.append(circle[first:] + circle[:first])
            else:
                path[step] = iter(leads[step])
    return found
