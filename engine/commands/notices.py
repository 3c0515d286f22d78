"""notices: what was sent, what waits, what was decided and why."""

from pathlib import Path
from typing import Any

import click

from engine import outbox, store
from engine.channels import CHANNELS
from engine.channels.mime import attached
from engine.clock import read_day, system_clock
from engine.commands.app import act_of, acting, moment, selecting, selection_of, viewing, with_office
from engine.commands.output import day, local, print_json, print_table, write_out
from engine.db import reading
from engine.i18n import N_, _, counted
from engine.office import Office
from engine.reports.notices import coming, decision_views, message_views
from engine.service.outbox import STATUSES, find_message, release, retry
from engine.service.select import select

OUTCOMES = {
    "pending": N_("to come"), "composed": N_("on its way"), "sent": N_("sent"), "superseded": N_("superseded"),
    "silenced": N_("silenced"), "muted": N_("muted"), "done": N_("settled"), "before-opening": N_("before its opening"),
    "undeliverable": N_("undeliverable"), "cancelled": N_("not needed any more"),
}  # fmt: skip


def _status(word: str) -> str:
    return _(STATUSES[word])


def _outcome(word: str) -> str:
    return _(OUTCOMES[word])


@click.command("list", help=_("List the messages of an instance, or all."))
@click.argument("instance", required=False)
@click.option("--status", type=click.Choice(list(STATUSES)), help=_("Only those that stand so."))
@click.option("--channel", type=click.Choice(list(CHANNELS)), help=_("Only on this channel."))
@click.option("--to", metavar="ADDRESS", help=_("Only to this address."))
@click.option("--since", metavar="DAY", help=_("Only from this office day on."))
@click.option("--json", "as_json", is_flag=True, help=_("Print JSON."))
@with_office
def listing(office: Office, options: dict[str, Any]) -> None:
    column = outbox.MESSAGE.c
    exact = {"status": "status", "channel": "channel", "to": "recipient"}
    conditions = [column[name] == options[key] for key, name in exact.items() if options[key]]
    if options["since"]:
        conditions.append(column.office_date >= read_day(options["since"]))
    with reading(office.engine) as connection:
        rows = message_views(connection, outbox.messages(connection, *conditions))
        name = options["instance"]
        if name:
            office.instance(connection, name)
            rows = [row for row in rows if any(item["task"].startswith(f"{name}/") for item in row["items"])]
    if options["as_json"]:
        print_json(rows)
        return
    headings = (_("No."), _("Day"), _("Status"), _("Sev."), _("To"), _("Subject"), _("Items"))
    print_table(headings, [
        (row["id"], day(row["date"]), _status(row["status"]), row["severity"], row["recipient"], row["subject"],
         len(row["items"])) for row in rows
    ])  # fmt: skip


@click.command("show", help=_("Show one message as it was sent."))
@click.argument("message", type=click.IntRange(1, 2**62))
@click.option("--save", type=click.Path(path_type=Path), metavar="FOLDER", help=_("Save what is attached to it."))
@with_office
def showing(office: Office, options: dict[str, Any]) -> None:
    with reading(office.engine) as connection:
        row = find_message(connection, options["message"])
    files = attached(row.attachments)
    for name, value in (
        (_("To"), row.recipient),
        (_("Channel"), row.channel if row.channel != "email" else ""),
        (_("Subject"), row.subject),
        ("Message-ID", row.message_id),
        (_("Status"), _status(row.status)),
        (_("Reason"), _(row.reason) if row.reason else ""),
        (_("Sent"), local(row.sent_at, office.zone)),
        (_("Paper"), row.doc),
        (_("Signed by"), row.signed_by),
        (_("Attached"), ", ".join(files)),
    ):
        if value:
            click.echo(f"{name}: {value}")
    click.echo(f"\n{row.body}")
    for name, content in files.items() if options["save"] else ():
        options["save"].mkdir(parents=True, exist_ok=True)
        write_out(content, options["save"] / name)


@click.command("why-not", help=_("What was decided about a task's notices, sent or not, and why."))
@selecting
@viewing
@with_office
def why_not(office: Office, options: dict[str, Any]) -> None:
    now, as_json = moment(office, options.pop("at"), system_clock()), options.pop("as_json")
    with reading(office.engine) as connection:
        tasks = select(office, connection, selection_of(options), now)
        rows = decision_views(connection, [
            row for some in store.chunks([task.id for task in tasks]) for row in
            outbox.decisions(connection, outbox.DECISION.c.task_id.in_(some))
        ], office.zone)  # fmt: skip
        untold = [task for task in tasks if task.selector not in {row["task"] for row in rows}]
        next_ones = {task.selector: coming(office, connection, task, now) for task in untold}
    if as_json:
        print_json(rows)
        return
    _print_decisions(rows, office)
    for task, text in next_ones.items():
        click.echo(_("{task}: nothing fell due so far; {next}").format(task=task, next=text))


@click.command("retry", help=_("Try refused messages again: their numbers, or --all of them."))
@click.argument("messages", type=click.IntRange(1, 2**62), nargs=-1)
@click.option("--all", "everything", is_flag=True, help=_("All that were refused."))
@acting
@with_office
def retrying(office: Office, options: dict[str, Any]) -> None:
    dry_run, numbers = options.pop("dry_run"), options.pop("messages")
    if bool(numbers) == options.pop("everything"):
        raise click.UsageError(_("which messages? their numbers, or --all"))
    tried = retry(office, numbers, act_of(office, options), dry_run=dry_run)
    text = counted(
        "{n} message will be tried again at the next tick",
        "{n} messages will be tried again at the next tick",
        len(tried),
    )
    click.echo(text)


@click.command("release", help=_("Release a message that waits for a signature."))
@click.argument("message", type=click.IntRange(1, 2**62))
@click.option("--signed-by", required=True, metavar="NAME", help=_("Who signed."))
@acting
@with_office
def releasing(office: Office, options: dict[str, Any]) -> None:
    dry_run, number, signed = options.pop("dry_run"), options.pop("message"), options.pop("signed_by")
    released = release(office, number, signed, act_of(office, options), dry_run=dry_run)
    for one in released:
        click.echo(_("Message {n} is released and goes out at the next tick.").format(n=one))


def _print_decisions(rows: list[dict[str, Any]], office: Office) -> None:
    if not rows:
        return
    headings = (_("Task"), _("Rung"), _("To"), _("Fell due"), _("Outcome"), _("Reason"))
    print_table(headings, [
        (row["task"], row["rung"], row["recipient"], local(row["due_at"], office.zone), _outcome(row["outcome"]),
         row["reason"] + _other_channels(row)) for row in rows
    ])  # fmt: skip


def _other_channels(row: dict[str, Any]) -> str:
    """Where a recipient has several channels: how far each of them came."""
    if row["outcome"] == "composed" or len(row["channels"]) < 2:
        return ""
    said = [f"{one['channel']}: {_status(one['status'])}{_why(one)}" for one in row["channels"]]
    return f" ({'; '.join(said)})"


def _why(message: dict[str, Any]) -> str:
    reason = message["reason"]
    return f" – {_(reason)}" if reason and message["status"] != "sent" else ""


commands: dict[str, click.Command] = {
    "notices": click.Group(
        "notices",
        help=_("Notices: those sent, those waiting, and why others did not go out."),
        commands=[listing, showing, why_not, retrying, releasing],
    )
}
