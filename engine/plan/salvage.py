"""What is left of a broken file, so that its other mistakes are found in the same pass."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

ROUNDS = 8
PLACEHOLDER = "?"  # stands in for a text that is missing
Found = TypeVar("Found", bound=BaseModel)


def salvage(model: type[Found], value: Any) -> Found | None:
    """The model of a value without its broken parts; None where nothing sensible is left."""
    rest = _plain(value)
    for _round in range(ROUNDS):
        try:
            return model.model_validate(rest)
        except ValidationError as error:
            for item in error.errors(include_url=False, include_input=False, include_context=False):
                _mend(rest, item["type"], item["loc"])
    return None


def _plain(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: _plain(item) for key, item in value.items()}
    return [_plain(item) for item in value] if isinstance(value, list) else value


def _mend(value: Any, kind: str, place: Sequence[str | int]) -> None:
    """Take the broken part away; put a placeholder where a key is missing, unless that was tried already."""
    path = list(_existing(value, place if kind != "missing" else place[:-1]))
    if kind == "missing":
        holder = _at(value, path)
        if isinstance(holder, dict) and place[-1] not in holder:
            holder[str(place[-1])] = PLACEHOLDER
            return
    while path and isinstance(path[-1], int):  # a list is dropped whole, so that no place in it shifts
        path.pop()
    if path:
        holder = _at(value, path[:-1])
        holder.pop(path[-1], None)


def _existing(value: Any, place: Iterable[Any]) -> Iterator[Any]:
    """The steps of a place that the value really has; pydantic names the branches of a union as well."""
    for step in place:
        in_mapping = isinstance(value, dict) and step in value
        if in_mapping or (isinstance(value, list) and isinstance(step, int) and step < len(value)):
            yield step
            value = value[step]


def _at(value: Any, path: Iterable[Any]) -> Any:
    for step in path:
        value = value[step]
    return value
