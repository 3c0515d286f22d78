"""The chat and message services that the apprise library speaks (an extra): a unit's contact holds its address."""

from collections.abc import Callable
from datetime import datetime

from engine.channels.addresses import refusal
from engine.channels.contract import Result, Verdict
from engine.channels.mime import attached
from engine.config import Settings
from engine.errors import NotInstalled
from engine.i18n import N_
from engine.rows import MessageRow
from engine.templates import header_text


class AppriseChannel:
    """Text, and what is attached where the service takes files. It says yes or no, without telling why."""

    def __init__(self, settings: Settings):
        self.allowed = settings.webhook_allow
        if not known("json://localhost"):
            raise NotInstalled("apprise", "channels")

    def send(self, message: MessageRow, at: datetime, ready: Callable[[], None]) -> Result:
        import apprise
        from apprise.attachment.memory import AttachMemory

        service = apprise.Apprise()
        if not service.add(message.recipient):
            return Result(Verdict.REFUSED, N_("not an address apprise knows"))
        held = attached(message.attachments)
        files = [AttachMemory(content, name) for name, content in held.items()]  # type: ignore[no-untyped-call]
        for one in service:
            if "host" in one.template_tokens and one.host and (why := refusal(one.host, self.allowed)):
                return Result(Verdict.REFUSED, why)
            one.redirects = False
        ready()
        try:
            sent = service.notify(
                message.body, header_text(message.subject), body_format=apprise.NotifyFormat.TEXT, attach=files or None
            )
        except Exception as error:  # one of a hundred plug-ins; none may stop the others
            return Result.of(Verdict.LATER, error)
        if sent:
            return Result(Verdict.ACCEPTED, "accepted")
        return Result(Verdict.LATER, N_("the service did not accept it"))

    def close(self) -> None: ...


def known(address: str) -> bool | None:
    """Whether the library understands an address; None where it is not installed."""
    try:
        import apprise
    except ImportError:
        return None
    return bool(apprise.Apprise().add(address))
