"""Mistakes of form: pydantic's errors in our words, each at its place and each cause once."""

import re
from collections.abc import Iterator
from itertools import islice
from types import UnionType
from typing import Annotated, Any, Union, get_args, get_origin

from pydantic import BaseModel, ValidationError

from engine.errors import Problem, nearest
from engine.i18n import N_, _
from engine.plan.tree import Mapping, Path, Sequence, Tree, existing
from engine.plan.writing import ascii_words
from engine.plan.yamltree import MAX_PROBLEMS

# pydantic's error type → our code and words.
_MESSAGES: dict[str, tuple[str, str]] = {
    "missing": ("KH012", N_("`{name}` is missing")),
    "extra_forbidden": ("KH013", N_("unknown key `{name}`")),
    "literal_error": ("KH014", N_("“{value}” is not known here; one of {words}")),
    "string_type": ("KH015", N_("`{name}`: text is expected here, not {value}")),
    "string_too_short": ("KH015", N_("`{name}` is empty: text is expected here")),
    "string_too_long": ("KH017", N_("`{name}`: longer than {max_length} characters")),
    "too_long": ("KH017", N_("`{name}`: longer than {max_length} characters")),  # of an id
    "string_pattern_mismatch": (
        "KH016", N_("“{value}” cannot stand here: an id has only the letters a–z, digits, and - between them")),
    "int_type": ("KH015", N_("`{name}`: a whole number is expected here, not “{value}”")),
    "int_parsing": ("KH015", N_("`{name}`: a whole number is expected here, not “{value}”")),
    "bool_type": ("KH015", N_("`{name}`: true or false is expected here, not “{value}”")),
    "bool_parsing": ("KH015", N_("`{name}`: true or false is expected here, not “{value}”")),
    "date_type": ("KH015", N_("`{name}`: a date such as 2020-03-04 is expected here, not “{value}”")),
    "date_parsing": ("KH015", N_("`{name}`: a date such as 2020-03-04 is expected here, not “{value}”")),
    "date_from_datetime_parsing": ("KH015", N_("`{name}`: a date such as 2020-03-04 is expected here, not “{value}”")),
    "tuple_type": ("KH015", N_("`{name}`: a list is expected here")),
    "dict_type": ("KH015", N_("`{name}`: a mapping of keys and values is expected here")),
    "model_type": ("KH015", N_("`{name}`: a mapping of keys and values is expected here")),
    "model_attributes_type": ("KH015", N_("`{name}`: a mapping of keys and values is expected here")),
    "too_short": ("KH017", N_("`{name}` has fewer entries than the {min_length} it needs")),
    "greater_than_equal": ("KH017", N_("`{name}` must be at least {ge}")),
    "less_than_equal": ("KH017", N_("`{name}` must be at most {le}")),
}  # fmt: skip
_OURS = {"phrase": "KH050", "word": "KH014"}  # what the models say themselves; all else is KH018
MOST_HINTS = 1000  # findings with a nearest word: searching takes time


def problems_of(error: ValidationError, tree: Tree, model: type[BaseModel]) -> list[Problem]:
    """Every mistake once: where the reader complained already, or a union tried several readings, the first counts."""
    refused = {(problem.line, problem.column) for problem in tree.problems}
    found: dict[tuple[Any, ...], Problem] = {}
    for item in islice(error.errors(include_url=False), MAX_PROBLEMS + 1):
        path = existing(tree.value, item["loc"])
        if _unfinished(tree, path, item["type"]):
            continue
        place = _place(tree, path, item)
        if place[1:] in refused or place[1] in tree.mended:
            continue
        name = str(item["loc"][-1]) if item["type"] == "missing" else ""
        if (*place, name) not in found:
            hinted = len(found) < MOST_HINTS
            found[*place, name] = Problem(*place, *_said(dict(item), path, model, hinted=hinted))
    return list(found.values())


def _unfinished(tree: Tree, path: Path, kind: str) -> bool:
    """Is this said of what was being read when reading stopped?"""
    if tree.cut is None or kind == "extra_forbidden":
        return False
    return tree.cut[: len(path)] == path or path[: len(tree.cut)] == tree.cut


def _place(tree: Tree, path: Path, item: Any) -> tuple[str, int, int]:
    """The value to blame; its key where that is wrong, or missing something, or opens a block that is wrong."""
    if blamed := item.get("ctx", {}).get("key"):
        return tree.locate(existing(tree.value, (*path, blamed)), key=True)
    block = item["type"] not in _MESSAGES and isinstance(item["input"], Mapping) and not item["input"].flow
    key = item["type"] in ("extra_forbidden", "missing") or "[key]" in item["loc"]
    return tree.locate(path, key=key or block)


def _said(item: dict[str, Any], path: Path, model: type[BaseModel], *, hinted: bool) -> tuple[str, str]:
    """Code and message."""
    kind, value = item["type"], item.get("input")
    words = [step for step in path if isinstance(step, str)]
    name = item["loc"][-1] if kind == "missing" else words[-1] if words else ""
    context = item.get("ctx", {})
    if kind not in _MESSAGES:
        return _OURS.get(kind, "KH018"), str(context.get("text", item["msg"]))
    if kind == "string_type" and isinstance(value, Mapping) and not value.flow:
        return "KH024", _("a colon made a mapping of this text: put the whole text in quotes")
    if kind == "string_pattern_mismatch" and name == "email":
        return "KH016", _("“{value}” is no e-mail address").format(value=_shown(value))
    code, text = _MESSAGES[kind]
    allowed = re.findall(r"'([^']*)'", str(context.get("expected", "")))
    known = allowed or (list(_keys(model, path[:-1])) if kind == "extra_forbidden" else [])
    message = _(text).format(name=name, value=_shown(value), words=", ".join(allowed), **_plain(context))
    word = name if kind == "extra_forbidden" else value
    hint = _hint(kind, str(word), known) if hinted else ""
    if kind == "extra_forbidden" and known and not hint:
        return code, message + " " + _("(known here: {words})").format(words=", ".join(known))
    return code, message + hint


def _hint(kind: str, word: str, known: list[str]) -> str:
    """The nearest word; of an id with Vietnamese letters the same without them."""
    if kind != "string_pattern_mismatch":
        return nearest(word, known)
    slug = "-".join(ascii_words(word))[:80]
    return nearest(slug, [slug]) if slug else ""


def _plain(context: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in context.items() if key in ("min_length", "max_length", "ge", "le")}


def _shown(value: Any) -> str:
    """A value as the file has it, or what kind of thing it is."""
    if isinstance(value, Mapping):
        return _("a mapping")
    if isinstance(value, Sequence):
        return _("a list")
    text = "null" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
    return text if len(text) <= 60 else text[:60] + "…"


def _keys(model: type[BaseModel], path: Path) -> Iterator[str]:
    """The keys that may stand at a place, as they are written."""
    for found in _models(model, path):
        names = [field.alias or name for name, field in found.model_fields.items()]
        if names[:2] == ["mode", "units"]:  # who is responsible: written {each: …} or {joint: …}
            names[:2] = ["each", "joint"]
        yield from names


def _models(annotation: Any, path: Path) -> Iterator[type[BaseModel]]:
    """The models an annotation allows at a place below it."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        if not path:
            yield annotation
        for name, field in annotation.model_fields.items() if path else ():
            if (field.alias or name) == path[0]:
                yield from _models(field.annotation, path[1:])
    elif get_origin(annotation) is Annotated:
        yield from _models(get_args(annotation)[0], path)
    elif get_origin(annotation) in (Union, UnionType):
        for one in get_args(annotation):
            yield from _models(one, path)
    elif get_origin(annotation) in (dict, tuple) and path:
        inner = get_args(annotation)
        yield from _models(inner[1] if get_origin(annotation) is dict else inner[0], path[1:])
