"""What is left of a broken file, so that its other mistakes are found in the same pass."""

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine.plan.tree import existing

ROUNDS = 8
UNKNOWN = "kh.unknown"  # stands in for an id or a text that is missing: no finding is made about it
# What stands in for keys that an id will not do for.
_PLACEHOLDERS: dict[str, Any] = {
    "document": {"as_of": date(2000, 1, 1), "issuer": UNKNOWN},
    "span": "2000-01-01 .. 2000-12-31",
    "level": "other",
    "units": {},
}
# What makes sense again of a mapping whose values do not fit together, by the name of the complaint.
_CURES: dict[str, dict[str, Any]] = {
    "responsible": {"responsible": UNKNOWN, "inferred_responsible": None},
    "who": {"who": None},
    "event": {"type": "event"},
    "complete_when": {"complete_when": "all"},
    "name": {"name": UNKNOWN, "names": []},
    "validity": {"valid_to": None},
    "issued": {"as_of": date(2000, 1, 1)},
}
Found = TypeVar("Found", bound=BaseModel)
Place = tuple[str | int, ...]


def salvage(model: type[Found], value: Any) -> Found | None:
    """The model of a value without its broken parts; None where nothing sensible is left."""
    rest = _plain(value)
    tried: set[Place] = set()
    for _round in range(ROUNDS):
        try:
            return model.model_validate(rest)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_input=False, include_context=False):
                _mend(rest, item["type"], item["loc"], tried)
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _mend(value: Any, kind: str, place: Sequence[str | int], tried: set[Place]) -> None:
    """Take the broken part away; put a placeholder where a key is missing, unless that was tried already."""
    path = list(existing(value, place if kind != "missing" else place[:-1]))
    if kind == "missing":
        holder, key = _at(value, path), str(place[-1])
        if isinstance(holder, dict) and (*path, key) not in tried:
            tried.add((*path, key))
            holder[key] = _PLACEHOLDERS.get(key, UNKNOWN)
            return
    elif kind in _CURES and isinstance(node := _at(value, path), dict) and (*path, kind) not in tried:
        tried.add((*path, kind))
        node.update(_CURES[kind])
        return
    while path and isinstance(path[-1], int):  # a list is dropped whole, so that no place in it shifts
        path.pop()
    if path:
        holder = _at(value, path[:-1])
        holder.pop(path[-1], None)


def _at(value: Any, path: Iterable[Any]) -> Any:
    for step in path:
        value = value[step]
    return value
