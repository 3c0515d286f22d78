"""Is the office in order? What `kh doctor` looks at."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from sqlalchemy import func, select

from engine import outbox, store
from engine.config import Settings
from engine.db import head_version, hide_password, reading, schema_version
from engine.i18n import _
from engine.office import Office
from engine.service.ticking import HEARTBEAT, stood_still

A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Finding:
    ok: bool
    text: str


def _way_out(settings: Settings) -> Finding:
    if smtp := settings.smtp:
        return Finding(True, _("mail server {host}:{port}").format(host=smtp.host, port=smtp.port))
    if settings.mail_folder:
        return Finding(True, _("mails as files in {folder}").format(folder=settings.mail_folder))
    return Finding(False, _("no mail server is set: KH_SMTP_HOST, or [smtp] host in kh.toml"))


def findings(office: Office, now: datetime) -> list[Finding]:
    schema = schema_version(office.engine)
    url = hide_password(office.engine.url.render_as_string(hide_password=False))
    own = office.settings.templates
    with reading(office.engine) as connection:
        last = store.last_beat(connection, HEARTBEAT)
        counts: dict[str, int] = dict(
            connection.execute(select(outbox.MESSAGE.c.status, func.count()).group_by(outbox.MESSAGE.c.status)).all()
        )
        running = any(row.closed_at is None for row in store.instances(connection))
        named = connection.execute(select(func.count()).select_from(store.PERSON)).scalar_one()
        calendar = office.almanac(connection).national
    ahead = last is not None and last > now + A_DAY
    silent = running and (last is None or stood_still(calendar, last, now))
    return [
        Finding(schema == head_version(), _("database {url}, schema {schema}").format(url=url, schema=schema)),
        _way_out(office.settings),
        Finding(own is None or own.is_dir(), _("the office's own templates: {folder}").format(folder=own or _("none"))),
        Finding(not ahead, _("no tick was made for a time to come") if not ahead else
                _("the last tick was made for a time to come: `kh tick` without --at sets it right")),
        Finding(not silent, _("last tick: {last}").format(last=last.isoformat() if last else _("never"))
                + (" – " + _("nothing is sent until `kh run` or a cron job with `kh tick` runs") if silent else "")),
        Finding(not counts.get("dead"), _("{n} messages refused for good (kh notices list --status dead)").format(
            n=counts.get("dead", 0))),
        Finding(True, _("{n} messages wait to be sent").format(n=counts.get("pending", 0))),
        Finding(True, _("{n} messages wait for a signature").format(n=counts.get("held", 0))),
        Finding(True, _("people named in the directories: {n}").format(n=named) if named
                else _("no people are named: whoever opens this database may do everything")),
    ]  # fmt: skip
