"""The small types the plan language is made of, and how their YAML spellings are read."""

import re
from datetime import date
from typing import Annotated, Any
from urllib.parse import urlsplit

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, Strict, StringConstraints
from pydantic_core import PydanticCustomError

from engine.errors import nearest
from engine.i18n import _


class Model(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


def refuse(code: str, message: str, key: str = "") -> PydanticCustomError:
    """A mistake with a message of ours; pydantic adds the place, `key` the value in it that is to blame."""
    return PydanticCustomError(code, "{text}", {"text": message, "key": key})


def as_text(value: Any) -> Any:
    """Dates and numbers where text belongs keep the look they had."""
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return value


def as_list(value: Any) -> Any:
    """One word stands for a list of one."""
    return [value] if isinstance(as_text(value), str | dict) else value


def _as_number(value: Any) -> Any:
    """`05` is how an office writes five."""
    return int(value) if isinstance(value, str) and re.fullmatch("[0-9]{1,9}", value) else value


def _as_flag(value: Any) -> Any:
    """YAML has these words too; `yes` and `no` are text."""
    return value in ("True", "TRUE") if value in ("True", "TRUE", "False", "FALSE") else value


def _as_day(value: Any) -> Any:
    """A day in quotes, or from a table."""
    try:
        return date.fromisoformat(value) if re.fullmatch("[0-9]{4}-[0-9]{2}-[0-9]{2}", value) else value
    except (TypeError, ValueError):
        return value


# A schema sees a YAML file through an ordinary reader, to which 5 and 1.10 are numbers: hence the extra types.
_OR_NUMBER: dict[str, Any] = {"type": ["string", "number"]}
_OR_DIGITS: dict[str, Any] = {"type": ["integer", "string"], "pattern": "^[0-9]{1,9}$"}

Text = Annotated[
    str,
    StringConstraints(min_length=1, max_length=20_000),
    BeforeValidator(as_text),
    Field(json_schema_extra=_OR_NUMBER),
]
Slug = Annotated[
    str,
    StringConstraints(pattern=r"^[A-Za-z0-9]+(?:[._-]+[A-Za-z0-9]+)*$", max_length=80),
    BeforeValidator(as_text),
    Field(json_schema_extra=_OR_NUMBER | {"minimum": 0}),
]
Texts = Annotated[tuple[Text, ...], BeforeValidator(as_list, json_schema_input_type=Text | tuple[Text, ...])]
Slugs = Annotated[tuple[Slug, ...], BeforeValidator(as_list, json_schema_input_type=Slug | tuple[Slug, ...])]
_Texts1 = Annotated[tuple[Text, ...], Field(min_length=1)]
_Slugs1 = Annotated[tuple[Slug, ...], Field(min_length=1)]
SomeTexts = Annotated[_Texts1, BeforeValidator(as_list, json_schema_input_type=Text | _Texts1)]
SomeSlugs = Annotated[_Slugs1, BeforeValidator(as_list, json_schema_input_type=Slug | _Slugs1)]
Number = Annotated[int, Strict(), BeforeValidator(_as_number), Field(json_schema_extra=_OR_DIGITS)]
Flag = Annotated[bool, Strict(), BeforeValidator(_as_flag)]
Day = Annotated[date, Strict(), BeforeValidator(_as_day)]

_EMAIL_CHARS = r"[A-Za-z0-9.!#$%&'*+/=^_`{|}~-]"  # no ?, which an encoded word (=?utf-8?…) needs
Email = Annotated[
    str, StringConstraints(pattern=rf"^{_EMAIL_CHARS}{{1,64}}@[A-Za-z0-9](?:[A-Za-z0-9.-]{{0,252}}[A-Za-z0-9])?$")
]


_WEB = r"https?://[!-~]+"
_SERVICE = r"[a-z][a-z0-9+.-]*://[!-~]+"


def _web_address(value: str) -> str:
    try:
        parts = urlsplit(value)
        good = parts.scheme in ("http", "https") and parts.hostname and parts.port != 0
    except ValueError:
        good = False
    if not good or not re.fullmatch(_WEB, value):
        raise refuse("address", _("an address such as https://host/path is expected here"))
    return value


def _service_address(value: str) -> str:
    if not re.fullmatch(_SERVICE, value):
        raise refuse("address", _("an address such as tgram://token/chat is expected here"))
    return value


def _address(check: Any, pattern: str) -> Any:
    return Annotated[
        Text, AfterValidator(check), Field(json_schema_extra={"type": "string", "pattern": f"^{pattern}$"})
    ]


WebAddress = _address(_web_address, _WEB)
ServiceAddress = _address(_service_address, _SERVICE)


def known_word(value: str, words: tuple[str, ...], key: str) -> None:
    if value not in words:
        message = _("“{value}” is not known here; one of {words}").format(value=value, words=", ".join(words))
        raise refuse("word", message + nearest(value, words), key)
