"""The `kh` command: its table of commands, its language, and how it ends."""

import gc
import gettext
import importlib
import os
import sys
from collections.abc import Sequence
from typing import Any

import click

from engine import __version__
from engine.configfile import find_config
from engine.errors import KhError, reason_of
from engine.i18n import DOMAIN, LOCALE_DIR, N_, _, language_from, use_language

# command → (module below engine.commands, what it is for). A module is imported when its command runs.
COMMANDS = {
    "new": ("newplan", N_("Write a new plan to fill in")),
    "check": ("authoring", N_("Find every mistake in plan files")),
    "explain": ("explaining", N_("Say what a deadline phrase means")),
    "simulate": ("simulating", N_("Every notice a plan will ever send, before it is started")),
    "schema": ("schema", N_("The JSON Schema by which editors complete and check plans")),
    "graph": ("graphing", N_("Draw a plan's stages and their order")),
    "calendar": ("calendar", N_("The working calendar of a year")),
    "start": ("running", N_("Start a plan")),
    "list": ("running", N_("List the started plans")),
    "status": ("status", N_("How a plan stands")),
    "tasks": ("running", N_("List tasks")),
    "show": ("show", N_("Show a plan or a task with all its facts")),
    "fix-date": ("facts", N_("Fix the day of an approximate or open date")),
    "answer": ("facts", N_("Record the answer to an open question of the plan")),
    "note": ("facts", N_("Record a telephone call or a promise")),
    "units": ("units", N_("The register of units: list it, check or load a corrected file")),
    "ack": ("moves", N_("A unit took its task up")),
    "submit": ("moves", N_("A unit handed its work in")),
    "accept": ("moves", N_("Accept what was handed in")),
    "return": ("moves", N_("Send a hand-in back with a reason")),
    "cancel": ("moves", N_("Drop a duty")),
    "exempt": ("moves", N_("Free a unit from a duty")),
    "transfer": ("transfer", N_("Hand tasks or roles over to a successor")),
    "extend": ("clocks", N_("More time: asked for, granted, refused")),
    "suspend": ("clocks", N_("Stop the clock by a written decision")),
    "resume": ("clocks", N_("Let the clock run again")),
    "amend": ("amending", N_("Go over to another version of a running plan")),
    "close": ("amending", N_("Close a plan that is done with")),
    "undo": ("moves", N_("Compensate a wrong entry")),
    "tick": ("clockwork", N_("Do once what is due now: decide, send")),
    "run": ("clockwork", N_("Do it every minute until stopped")),
    "worker": ("working", N_("Do it together with other machines, on PostgreSQL")),
    "workers": ("working", N_("Which machines do the work, and what they hold")),
    "notices": ("notices", N_("Notices: sent, waiting, and why not")),
    "remind": ("quiet", N_("Remind now, out of turn")),
    "silence": ("quiet", N_("Keep quiet about tasks for a time")),
    "report": ("reporting", N_("The reports an office files")),
    "board": ("boarding", N_("A picture of how plans stand, for a leader")),
    "letter": ("papers", N_("An official letter as a Word file")),
    "feed": ("papers", N_("The dates of a plan as a calendar")),
    "log": ("log", N_("The audit log: who did what, who was told what")),
    "audit": ("audit", N_("The log's seals: verify, anchor, copy out")),
    "backup": ("care", N_("Back the database up while the office works; prove a backup")),
    "doctor": ("care", N_("Check the installation and show the settings")),
    "db": ("database", N_("The database: bring its schema up to date")),
    "demo": ("demo", N_("Two months of a real plan in seconds")),
}


class LazyGroup(click.Group):
    """Lists its commands from the table; imports one only to run it."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"engine.commands.{COMMANDS[cmd_name][0]}")
        found: click.Command = module.commands[cmd_name]
        found.short_help = _(COMMANDS[cmd_name][1])
        return found

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section(_("Commands")):
            formatter.write_dl([(name, _(text)) for name, (_module, text) in COMMANDS.items()])


def _say_version(ctx: click.Context, _param: click.Parameter, asked: bool) -> None:
    if asked and not ctx.resilient_parsing:
        click.echo(f"kh {__version__}")
        ctx.exit()


def build() -> click.Group:
    """The command group, its texts in the language in force."""
    names: dict[str, Any] = dict.fromkeys(COMMANDS)  # what a mistyped name may have meant
    group = LazyGroup(
        "kh",
        commands=names,
        help=_("Plans of public offices, driven from the command line: one YAML file a plan, reminders by themselves."),
    )
    group.params += [
        click.Option(
            ["--lang"], type=click.Choice(["vi", "en"]), expose_value=False, help=_("Language of the output.")
        ),
        click.Option(
            ["--version"],
            is_flag=True,
            is_eager=True,
            expose_value=False,
            callback=_say_version,
            help=_("Show the version."),
        ),
    ]
    return group


def chosen_language(arguments: Sequence[str]) -> str:
    """`--lang` counts before anything is imported that has texts."""
    for number, word in enumerate(arguments):
        if word == "--lang" and number + 1 < len(arguments):
            return arguments[number + 1]
        if word.startswith("--lang="):
            return word.removeprefix("--lang=")
    return language_from() if "KH_LANG" in os.environ else _configured_language() or language_from()


def _configured_language() -> str:
    """`lang` of the nearest kh.toml; a broken file is reported later, by the command that needs it."""
    if find_config(os.getcwd(), os.environ) is None:
        return ""
    try:
        from engine.config import load_settings

        return load_settings()["lang"]
    except KhError:
        return ""


def speak(language: str) -> None:
    """Use a language for our texts and for click's own."""
    use_language(language)
    os.environ["LANGUAGE"] = language
    gettext.bindtextdomain(DOMAIN, LOCALE_DIR)
    gettext.textdomain(DOMAIN)


def collect_seldom() -> None:
    """What a command reads lives to its end: looking for dead cycles at every 700 objects is a third of reading it."""
    gc.set_threshold(5_000, 10, 10)


def main(arguments: Sequence[str] | None = None) -> None:
    """Run and exit: 0 ok, 1 a refusal, 2 wrong usage, 3 a bug, 4 the environment."""
    collect_seldom()
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:  # closed by the caller
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115
    words = list(sys.argv[1:] if arguments is None else arguments)
    speak(chosen_language(words))
    sys.exit(run(words))


def run(words: Sequence[str]) -> int:
    """The exit code of one command line."""
    if any("\ud800" <= char <= "\udfff" for word in words for char in word):
        click.echo(_("Error: {text}").format(text=_("the command line is not UTF-8")), err=True)
        return 1
    try:
        code = build().main(args=list(words), prog_name="kh", standalone_mode=False)
        return code if isinstance(code, int) else 0
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.Abort:
        click.echo(_("Stopped."), err=True)
        return 1
    except click.UsageError as error:
        error.show()
        return 2
    except click.ClickException as error:
        error.show()
        return 1
    except KhError as error:
        click.echo(_("Error: {text}").format(text=error), err=True)
        return error.exit_code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except OSError as error:
        where = f"{error.filename}: " if error.filename else ""
        click.echo(_("Error: {text}").format(text=where + reason_of(error)), err=True)
        return 4
    except MemoryError:
        click.echo(_("Error: {text}").format(text=_("there is not enough memory")), err=True)
        return 4
    except Exception:
        import traceback

        traceback.print_exc()
        click.echo(_("This is a bug. Please report it with the lines above."), err=True)
        return 3
