"""calendar."""

import click

from engine.calendar import Calendar
from engine.clock import local_date, shown_day, system_clock
from engine.commands.output import print_json, print_table
from engine.i18n import _
from engine.reports.calendar import special_days
from engine.reports.explain import WEEKDAYS


def _calendar() -> click.Command:
    @click.command("calendar", help=_("The days of a year off or worked out of turn, and where each comes from."))
    @click.argument("year", type=int, required=False)
    @click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
    def run(year: int | None, as_json: bool) -> None:
        found = special_days(Calendar(), local_date(system_clock()).year if year is None else year)
        if as_json:
            print_json([
                {"day": item.day, "works": item.works, "name": item.name, "source": item.source} for item in found
            ])  # fmt: skip
            return
        print_table((_("Day"), _("Weekday"), "", _("Name"), _("Source")), [
            (shown_day(item.day), _(WEEKDAYS[item.day.weekday()]), _("works") if item.works else _("off"),
             item.name, item.source) for item in found
        ])  # fmt: skip

    return run


commands: dict[str, click.Command] = {"calendar": _calendar()}
