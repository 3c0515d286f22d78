"""The small types the plan language is made of, and how their YAML spellings are read."""

from datetime import date
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, StringConstraints
from pydantic_core import PydanticCustomError

from engine.i18n import _


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def refuse(code: str, message: str, key: str = "") -> PydanticCustomError:
    """A mistake with a message of ours; pydantic adds the place, `key` the value in it that is to blame."""
    return PydanticCustomError(code, "{text}", {"text": message, "key": key})


def _as_text(value: Any) -> Any:
    """Dates and numbers where text belongs keep the look they had."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def _as_list(value: Any) -> Any:
    """One word stands for a list of one."""
    return [value] if isinstance(value, str | dict) else value


Text = Annotated[str, BeforeValidator(_as_text), StringConstraints(min_length=1, max_length=20_000)]
Slug = Annotated[
    str,
    BeforeValidator(_as_text),
    StringConstraints(pattern=r"^[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*$", max_length=80),
]
Texts = Annotated[tuple[Text, ...], BeforeValidator(_as_list)]
Slugs = Annotated[tuple[Slug, ...], BeforeValidator(_as_list)]

_EMAIL_CHARS = r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]"
Email = Annotated[
    str, StringConstraints(pattern=rf"^{_EMAIL_CHARS}{{1,64}}@[A-Za-z0-9](?:[A-Za-z0-9.-]{{0,252}}[A-Za-z0-9])?$")
]


def known_word(value: Any, words: tuple[str, ...], key: str) -> None:
    from engine.errors import nearest

    if value not in words:
        message = _("“{value}” is not known here; one of {words}").format(value=value, words=", ".join(words))
        raise refuse("word", message + nearest(str(value), words), key)
