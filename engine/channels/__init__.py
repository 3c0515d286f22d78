"""Ways out of the office: one file and one line here for each, named as the keys of a unit's contact are."""

from collections.abc import Callable

from engine.channels.apprise import AppriseChannel
from engine.channels.contract import Channel
from engine.channels.email import email_channel
from engine.channels.file import FileChannel
from engine.channels.webhook import WebhookChannel
from engine.config import Settings

CHANNELS: dict[str, Callable[[Settings], Channel]] = {
    "email": email_channel,
    "webhook": WebhookChannel,
    "file": FileChannel,
    "apprise": AppriseChannel,
}
