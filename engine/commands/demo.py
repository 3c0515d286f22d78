"""demo: the real engine, a real mail server on loopback, two months under a virtual clock."""

import tempfile
from pathlib import Path

import click

from engine.commands.output import console
from engine.commands.status import picture
from engine.i18n import _


def _demo() -> click.Command:
    @click.command("demo", help=_("Run Đồng Tháp's plan of 2020 through two months in seconds, with real e-mail."))
    def run() -> None:
        from engine.demo import Letterbox, play

        with tempfile.TemporaryDirectory(prefix="kh-demo-") as folder, Letterbox() as letterbox:
            click.echo(
                _("Mail server on {host}:{port}; database in {folder}").format(
                    host=letterbox.host, port=letterbox.port, folder=folder
                )
            )
            status = play(Path(folder), letterbox, click.echo)
            click.echo()
            console().print(picture(status))
        click.echo()
        click.echo(_("Where to look next: README.md; your own: kh check PLAN, kh start PLAN, kh status, kh run"))

    return run


commands: dict[str, click.Command] = {"demo": _demo()}
