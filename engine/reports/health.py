"""Is the office in order? What `kh doctor` looks at, one check a line of the table."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from engine.calendar import Calendar
from engine.clock import shown
from engine.db import head_version, hide_password, reading, schema_version
from engine.i18n import _
from engine.office import Office
from engine.reports import surroundings
from engine.reports.absences import left_open
from engine.service.audit import ANCHORED
from engine.service.ticking import HEARTBEAT, stood_still
from engine.vitals import Vitals, vitals

SILENT_FOR = timedelta(days=1)
ANCHOR_FOR = timedelta(days=31)  # once somebody began to anchor the log
SKEW = timedelta(minutes=5)  # between machines that write to one database


@dataclass(frozen=True)
class Finding:
    check: str
    ok: bool
    text: str


Verdict = tuple[bool, str]


@dataclass(frozen=True)
class Look:
    """What the checks look at. `vitals` are missing where the schema is not this program's."""

    office: Office
    now: datetime
    schema: str | None
    vitals: Vitals | None
    calendar: Calendar
    open_ends: list[str]  # what ended units left to be decided

    @property
    def database(self) -> Path | None:
        name = self.office.engine.url.database
        return Path(name) if self.office.engine.dialect.name == "sqlite" and name else None

    def when(self, moment: datetime | None) -> str:
        return shown(moment, self.office.zone) if moment else _("never")


def findings(office: Office, now: datetime) -> list[Finding]:
    """Every check that can be made, in the order of the table."""
    schema = schema_version(office.engine)
    found, calendar, open_ends = None, office.calendar, list[str]()
    if schema == head_version():
        with reading(office.engine) as connection:
            found = vitals(connection, HEARTBEAT, ANCHORED)
            calendar = office.almanac(connection).national
            open_ends = left_open(office, connection, now)
    look = Look(office, now, schema, found, calendar, open_ends)
    verdicts = {name: check(look) for name, check in CHECKS.items()}
    if found:
        verdicts |= {name: check(look, found) for name, check in CHECKS_OF_VITALS.items()}
    return [Finding(name, *verdict) for name, verdict in verdicts.items()]


def _schema(look: Look) -> Verdict:
    url = hide_password(look.office.engine.url.render_as_string(hide_password=False))
    text = _("database {url}, schema {schema}").format(url=url, schema=look.schema)
    if look.schema == head_version():
        return True, text
    return False, f"{text} – " + _("this program's is {known}: kh db upgrade").format(known=head_version())


def _way_out(look: Look) -> Verdict:
    settings = look.office.settings
    if smtp := settings.smtp:
        return True, _("mail server {host}:{port}").format(host=smtp.host, port=smtp.port)
    if settings.mail_folder:
        return True, _("mails as files in {folder}").format(folder=settings.mail_folder)
    return False, _("no mail server is set: KH_SMTP_HOST, or [smtp] host in kh.toml")


def _templates(look: Look) -> Verdict:
    own = look.office.settings.templates
    return own is None or own.is_dir(), _("the office's own templates: {folder}").format(folder=own or _("none"))


def _disk(look: Look) -> Verdict:
    if look.database is None:
        return True, _("disk: that of the database server is not looked at")
    free, wanted = surroundings.free_bytes(look.database.parent), surroundings.wanted_bytes(look.database)
    return free >= wanted, _("disk: {free} MB free, {wanted} wanted").format(free=free >> 20, wanted=wanted >> 20)


def _zones(look: Look) -> Verdict:
    version = surroundings.tzdata_version() or _("version unknown")
    if surroundings.knows_hanoi(look.now):
        return True, _("time zones: {version}").format(version=version)
    return False, _("time zones: {version} does not know that Hà Nội is at UTC+7").format(version=version)


def _modes(look: Look) -> Verdict:
    open_to_all = surroundings.exposed(look.database, look.office.settings)
    if not open_to_all:
        return True, _("files: the owner's alone")
    names = ", ".join(map(str, open_to_all))
    return False, _("files others may read or change: {names} (chmod go= FILE)").format(names=names)


def _ahead(look: Look, found: Vitals) -> Verdict:
    if found.last_tick is not None and found.last_tick > look.now + SILENT_FOR:
        return False, _("the last tick was made for a time to come: `kh tick` without --at sets it right")
    return True, _("no tick was made for a time to come")


def _silent(look: Look, found: Vitals) -> Verdict:
    text = _("last tick: {last}").format(last=look.when(found.last_tick))
    if found.running and (found.last_tick is None or stood_still(look.calendar, found.last_tick, look.now)):
        return False, f"{text} – " + _("nothing is sent until `kh run` or a cron job with `kh tick` runs")
    return True, text


def _clock(look: Look, found: Vitals) -> Verdict:
    text = _("clock: {now}").format(now=look.when(look.now))
    if found.newest_entry is not None and found.newest_entry > look.now + SKEW:
        return False, f"{text} – " + _("the newest entry was recorded later, at {at}: set the clock right").format(
            at=look.when(found.newest_entry)
        )
    return True, text


def _due(look: Look, found: Vitals) -> Verdict:
    if found.oldest_due is None or found.oldest_due > look.now:
        return True, _("nothing is due and undone")
    waited = look.now - found.oldest_due
    return waited <= SILENT_FOR, _("due since {at} and not swept yet").format(at=look.when(found.oldest_due))


def _outbox(look: Look, found: Vitals) -> Verdict:
    text = _("messages waiting to be sent: {n}").format(n=found.messages["pending"])
    if found.oldest_pending is None:
        return True, text
    waits_long = look.now - found.oldest_pending > SILENT_FOR
    return not waits_long, text + _(", the oldest since {at}").format(at=look.when(found.oldest_pending))


def _dead(_look: Look, found: Vitals) -> Verdict:
    text = _("messages refused for good: {n} (kh notices list --status dead)")
    return not found.messages["dead"], text.format(n=found.messages["dead"])


def _held(_look: Look, found: Vitals) -> Verdict:
    return True, _("messages waiting for a signature: {n}").format(n=found.messages["held"])


def _anchor(look: Look, found: Vitals) -> Verdict:
    text = _("the log was last anchored: {at} (kh audit anchor)").format(at=look.when(found.last_anchor))
    return found.last_anchor is None or look.now - found.last_anchor <= ANCHOR_FOR, text


def _people(_look: Look, found: Vitals) -> Verdict:
    if found.people:
        return True, _("people named in the directories: {n}").format(n=found.people)
    return True, _("no people are named: whoever opens this database may do everything")


def _units(look: Look, _found: Vitals) -> Verdict:
    return not look.open_ends, "; ".join(look.open_ends) or _("no plan waits for a unit's successor")


CHECKS: dict[str, Callable[[Look], Verdict]] = {
    "schema": _schema,
    "mail": _way_out,
    "templates": _templates,
    "disk": _disk,
    "tzdata": _zones,
    "files": _modes,
}
CHECKS_OF_VITALS: dict[str, Callable[[Look, Vitals], Verdict]] = {
    "tick-ahead": _ahead,
    "tick": _silent,
    "clock": _clock,
    "due": _due,
    "outbox": _outbox,
    "dead": _dead,
    "held": _held,
    "anchor": _anchor,
    "people": _people,
    "units": _units,
}
