"""Settings: the nearest kh.toml upwards, and the environment, which wins."""

import getpass
import os
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import time
from pathlib import Path
from typing import Any

from engine.configfile import find_config
from engine.errors import BadValue, nearest, reason_of
from engine.i18n import N_, _

SECRET = "•••"
SHORTEST_TOKEN = 24
DEFAULT = N_("default")


@dataclass(frozen=True, slots=True)
class Key:
    """One setting: its place in kh.toml ('section.name'), its environment variable, its default."""

    toml: str
    env: str
    default: str
    secret: bool = False


KEYS = {
    "database_url": Key("database_url", "KH_DATABASE_URL", ""),
    "lang": Key("lang", "KH_LANG", ""),
    "user": Key("user", "KH_USER", ""),
    "token": Key("token", "KH_TOKEN", "", secret=True),
    "zone": Key("office.zone", "KH_ZONE", "Asia/Ho_Chi_Minh"),
    "clock": Key("office.clock", "KH_CLOCK", ""),
    "hours": Key("office.hours", "KH_HOURS", "07:30-11:30 13:30-17:00"),
    "ack_days": Key("office.ack_days", "KH_ACK_DAYS", "10"),
    "templates": Key("templates", "KH_TEMPLATES", ""),
    "files": Key("files", "KH_FILES", ""),
    "file_limit": Key("file_limit", "KH_FILE_LIMIT", "50"),
    "smtp_host": Key("smtp.host", "KH_SMTP_HOST", ""),
    "smtp_port": Key("smtp.port", "KH_SMTP_PORT", "25"),
    "smtp_tls": Key("smtp.tls", "KH_SMTP_TLS", "none"),
    "smtp_user": Key("smtp.user", "KH_SMTP_USER", ""),
    "smtp_password": Key("smtp.password", "KH_SMTP_PASSWORD", "", secret=True),
    "smtp_from": Key("smtp.from", "KH_SMTP_FROM", ""),
    "mail_folder": Key("mail.folder", "KH_MAIL_FOLDER", ""),
    "metrics_file": Key("metrics.file", "KH_METRICS_FILE", ""),
    "webhook_secret": Key("webhook.secret", "KH_WEBHOOK_SECRET", "", secret=True),
    "webhook_allow": Key("webhook.allow", "KH_WEBHOOK_ALLOW", ""),
    "board_token": Key("board.token", "KH_BOARD_TOKEN", "", secret=True),
    "delivery_timeout": Key("delivery.timeout", "KH_DELIVERY_TIMEOUT", "30"),
    "delivery_per_minute": Key("delivery.per_minute", "KH_DELIVERY_PER_MINUTE", "0"),
}
CLOCKS = ("", "database", "host")
TLS_MODES = ("none", "starttls", "tls")


@dataclass(frozen=True, slots=True)
class Value:
    text: str
    source: str  # DEFAULT, the file, or the variable


@dataclass(frozen=True, slots=True)
class Smtp:
    host: str
    port: int
    tls: str
    user: str
    password: str
    sender: str


@dataclass(frozen=True)
class Settings:
    """The settings as texts, and what they mean: a property raises BadValue for a text that means nothing."""

    values: Mapping[str, Value]

    def __getitem__(self, name: str) -> str:
        return self.values[name].text

    @property
    def database_url(self) -> str:
        return self["database_url"] or f"sqlite:///{data_folder() / 'kh.db'}"

    @property
    def user(self) -> str:
        return self["user"] or system_user()

    @property
    def hours(self) -> tuple[tuple[time, time], ...]:
        found = tuple(_read_hours(part) for part in self["hours"].split())
        if not found:
            raise BadValue(_("working hours not understood: {part} (write 07:30-11:30)").format(part=self["hours"]))
        return found

    @property
    def host_clock(self) -> bool:
        """Is it the machine's own clock that counts, even where several machines share a database?"""
        if self["clock"] not in CLOCKS:
            raise BadValue(_("KH_CLOCK is database or host, not {text}").format(text=self["clock"]))
        return self["clock"] == "host"

    @property
    def ack_days(self) -> int:
        """Working days after which an acknowledgement without a hand-in counts no more."""
        text = self["ack_days"]
        if not (text.isascii() and text.isdigit() and 1 <= int(text[:5]) <= 1000):
            raise BadValue(_("KH_ACK_DAYS is a number of working days from 1 to 1000, not {text}").format(text=text))
        return int(text)

    @property
    def templates(self) -> Path | None:
        """The office's own templates; a relative folder lies beside the kh.toml that names it."""
        return self._folder("templates")

    @property
    def files(self) -> Path | None:
        """Where files that are handed in are kept; None: beside the database. A relative one as for `templates`."""
        return self._folder("files")

    def _folder(self, name: str) -> Path | None:
        own = self.values[name]
        return Path(own.source).parent / Path(own.text).expanduser() if own.text else None

    @property
    def file_limit(self) -> int:
        """The most bytes a file that is handed in may have; the setting counts megabytes."""
        return int(_read_amount("KH_FILE_LIMIT", self["file_limit"]) * 1_000_000)

    @property
    def smtp(self) -> Smtp | None:
        """None where no server is named: then nothing can be sent."""
        if not self["smtp_host"]:
            return None
        return Smtp(
            self["smtp_host"],
            _read_port(self["smtp_port"]),
            _read_tls(self["smtp_tls"]),
            self["smtp_user"],
            self["smtp_password"],
            self.sender,
        )

    @property
    def sender(self) -> str:
        return _read_sender(self["smtp_from"] or self["smtp_user"] or f"kh@{self['smtp_host'] or 'localhost'}")

    @property
    def board_token(self) -> str:
        """What opens the board on its web server; empty where each start makes one of its own."""
        text = self["board_token"]
        if text and not (len(text) >= SHORTEST_TOKEN and text.isascii() and text.isprintable()):
            message = _("KH_BOARD_TOKEN has at least {n} letters, digits and signs, or is left out")
            raise BadValue(message.format(n=SHORTEST_TOKEN))
        return text

    @property
    def mail_folder(self) -> Path | None:
        return _read_path(self["mail_folder"])

    @property
    def webhook_allow(self) -> frozenset[str]:
        """Hosts that may be posted to although they lie inside a network."""
        return frozenset(self["webhook_allow"].lower().split())

    @property
    def metrics_file(self) -> Path | None:
        """Where each tick leaves its vital numbers for Prometheus."""
        return _read_path(self["metrics_file"])

    @property
    def timeout(self) -> float:
        """Seconds to wait for a server's answer."""
        return _read_amount("KH_DELIVERY_TIMEOUT", self["delivery_timeout"]) or 30

    @property
    def per_minute(self) -> float:
        """How many messages may go out in a minute; 0 for as many as can."""
        return _read_amount("KH_DELIVERY_PER_MINUTE", self["delivery_per_minute"])

    def shown(self) -> list[tuple[str, str, str]]:
        """(name, value, where it came from) of every setting, secrets hidden."""
        return [
            (name, SECRET if KEYS[name].secret and value.text else value.text, value.source)
            for name, value in self.values.items()
        ]


def _read_hours(part: str) -> tuple[time, time]:
    try:
        start, end = (time.fromisoformat(text) for text in part.split("-"))
    except ValueError as error:
        raise BadValue(_("working hours not understood: {part} (write 07:30-11:30)").format(part=part)) from error
    if start >= end:
        raise BadValue(_("working hours end before they start: {part}").format(part=part))
    return start, end


def _read_port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 0 < int(text[:6]) < 65536:
        raise BadValue(_("KH_SMTP_PORT is a number from 1 to 65535, not {text}").format(text=text))
    return int(text)


def _read_tls(text: str) -> str:
    if text not in TLS_MODES:
        raise BadValue(_("KH_SMTP_TLS is one of {modes}, not {text}").format(modes=", ".join(TLS_MODES), text=text))
    return text


def _read_sender(text: str) -> str:
    from email.utils import parseaddr

    address = parseaddr(text)[1]
    if not text.isprintable() or not address.isascii() or "@" not in address[1:-1] or " " in address:
        raise BadValue(_("KH_SMTP_FROM is not a mail address: {text}").format(text=text))
    return text


def _read_path(text: str) -> Path | None:
    return Path(text).expanduser() if text else None


def _read_amount(name: str, text: str) -> float:
    try:
        amount = float(text)
    except ValueError:
        amount = -1
    if not 0 <= amount <= 1_000_000:
        raise BadValue(_("{name} is a number from 0 on, not {text}").format(name=name, text=text))
    return amount


def system_user() -> str:
    try:
        return getpass.getuser()
    except (OSError, KeyError):  # a machine without an entry for this user
        return "unknown"


def data_folder() -> Path:
    from platformdirs import user_data_path

    return user_data_path("kh", appauthor=False)


def load_settings(start: Path | None = None, environ: Mapping[str, str] = os.environ) -> Settings:
    """Raises BadValue for an unreadable file or a key that does not exist."""
    path = find_config(str((start or Path.cwd()).absolute()), environ)
    written = _read_toml(Path(path)) if path else {}
    values = {}
    for name, key in KEYS.items():
        if key.env in environ:
            values[name] = Value(environ[key.env], key.env)
        elif key.toml in written:
            values[name] = Value(written[key.toml], str(path))
        else:
            values[name] = Value(key.default, DEFAULT)
    return Settings(values)


def _read_toml(path: Path) -> dict[str, str]:
    import tomllib

    try:
        document = tomllib.loads(path.read_text("utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise BadValue(_("cannot read {path}: {reason}").format(path=path, reason=reason_of(error))) from error
    flat = _flatten(document)
    known = {key.toml for key in KEYS.values()}
    for name in flat:
        if name not in known:
            message = _("{path}: unknown setting {name}").format(path=path, name=name)
            raise BadValue(message + nearest(name, known))
    return flat


def _flatten(document: Mapping[str, Any]) -> dict[str, str]:
    flat = {}
    for name, value in document.items():
        if isinstance(value, dict):
            flat.update({f"{name}.{inner}": str(text) for inner, text in value.items()})
        else:
            flat[name] = str(value)
    return flat
