"""What commands share: options, the office they work in, and the act they record."""

from collections.abc import Callable
from datetime import datetime
from functools import wraps
from typing import Any, TypeVar

import click
from sqlalchemy import Engine

from engine.again import again
from engine.clock import Clock, is_day, local_date, read_instant, system_clock
from engine.config import Settings, load_settings
from engine.db import bring_up_to_date, connect, database_clock, open_store, shared, usable_version
from engine.errors import BadValue
from engine.i18n import _
from engine.machine import Act
from engine.office import Office, office_of
from engine.service.select import Selection

Command = TypeVar("Command", bound=Callable[..., Any])


def open_office() -> Office:
    """The store, brought up to date, and the calendar that the settings name."""
    settings = load_settings()
    return office_of(until_the_end(open_store(settings.database_url)), settings)


def look_in(settings: Settings) -> Office:
    """The same for who only looks: a store of an older schema stays as it is, one that is not there yet is made."""
    engine = until_the_end(connect(settings.database_url))
    if usable_version(engine) is None:
        bring_up_to_date(engine)
    return office_of(engine, settings)


def until_the_end(engine: Engine) -> Engine:
    """A store whose connections end with the command."""
    if command := click.get_current_context(silent=True):
        command.call_on_close(engine.dispose)
    return engine


def clock_of(office: Office) -> Clock:
    """The clock by which things fall due: that of the database where several machines share one."""
    if shared(office.engine) and not office.settings.host_clock:
        return lambda: database_clock(office.engine)
    return system_clock


def moment(office: Office, text: str | None, now: datetime) -> datetime:
    """`--at`, or now. A bare day means the start of its working hours, but never later than now today."""
    if text is None:
        return now
    found = read_instant(text, office.calendar.work_start, office.zone)
    zone = office.zone
    if is_day(text) and found > now and local_date(found, zone) == local_date(now, zone):
        return now
    return found


def act_of(office: Office, options: dict[str, Any]) -> Act:
    """Takes the acting options out of a command's arguments."""
    now = clock_of(office)()
    at = options.pop("at")
    token = office.settings["token"]
    return Act(
        actor=_user_of(office, token) if token else office.settings.user, proven=bool(token), at=now,
        on=local_date(now, office.zone), happened_at=moment(office, at, now), for_unit=options.pop("for_unit"),
        doc=options.pop("doc"), reason=options.pop("reason"), day_only=at is not None and is_day(at),
    )  # fmt: skip


def _user_of(office: Office, token: str) -> str:
    from engine.service.units import user_of_token  # and with it all that reads and checks files

    return user_of_token(office, token)


def selection_of(options: dict[str, Any]) -> Selection:
    """Takes the selecting options out of a command's arguments."""
    within = options.pop("due_within")
    return Selection(
        selectors=options.pop("selectors") or ("*",), without=options.pop("without"), units=options.pop("units"),
        states=options.pop("states"), overdue=options.pop("overdue"),
        due_within=_days(within) if within is not None else None,
    )  # fmt: skip


def _days(text: str) -> int:
    number = text.removesuffix("d")
    if not (number.isascii() and number.isdigit() and len(number) <= 5):
        raise BadValue(_("--due-within takes days, such as 7d, not {text}").format(text=text))
    return int(number)


def _chain(command: Command, options: list[Any]) -> Command:
    for option in reversed(options):
        command = option(command)
    return command


def acting(command: Command) -> Command:
    """The options of every command that changes things."""
    return _chain(command, [
        click.option("--at", metavar="ISO-TIME", help=_("When it happened (a bare day will do).")),
        click.option("--doc", metavar="NUMBER, DATE", help=_("The paper it rests on.")),
        click.option("--reason", metavar="TEXT", help=_("Why.")),
        click.option("--for", "for_unit", metavar="UNIT", help=_("The unit acted for.")),
        click.option("--dry-run", is_flag=True, help=_("Show what would change; change nothing.")),
    ])  # fmt: skip


def selecting(command: Command, *, required: bool = True) -> Command:
    """The argument and options that name tasks in bulk."""
    return _chain(command, [
        click.argument("selectors", nargs=-1, required=required, metavar="SELECTOR..."),
        click.option("--except", "without", multiple=True, metavar="UNIT", help=_("Leave this unit or group out.")),
        click.option("--unit", "units", multiple=True, metavar="UNIT", help=_("Only this unit or group.")),
        click.option("--state", "states", multiple=True, metavar="STATE", help=_("Only tasks in this state.")),
        click.option("--overdue", is_flag=True, help=_("Only what is overdue.")),
        click.option("--due-within", metavar="DAYS", help=_("Only what is due within so many days, e.g. 7d.")),
    ])  # fmt: skip


def viewing(command: Command) -> Command:
    return _chain(command, [
        click.option("--at", metavar="ISO-TIME", help=_("As seen at this time.")),
        click.option("--json", "as_json", is_flag=True, help=_("Print JSON.")),
    ])  # fmt: skip


class DefaultGroup(click.Group):
    """A group with a command that need not be named: `kh calendar 2026` is `kh calendar year 2026`."""

    def __init__(self, name: str, default: str, **more: Any):
        super().__init__(name, **more)
        self.default = default

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        if not args or (args[0] not in self.commands and args[0] != "--help"):
            args = [self.default, *args]
        return super().parse_args(ctx, args)


def with_office(command: Callable[..., Any]) -> Callable[..., Any]:
    """Hand the office to a command as its first argument; what the database takes back of it is done again."""

    @wraps(command)
    def wrapped(**options: Any) -> Any:
        office = open_office()
        return again(lambda: command(office, dict(options)))

    return wrapped
