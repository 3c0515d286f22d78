"""Mails as files in a folder, for an office without a mail server: one .eml each, to open, print or pass on."""

import re
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from engine.channels import mime
from engine.channels.contract import Result, Verdict
from engine.config import Settings
from engine.durable import unfinished
from engine.errors import Unavailable
from engine.i18n import _
from engine.rows import MessageRow


class FileChannel:
    """Into the folder of the settings, in a folder for each recipient; the name makes a repeat overwrite itself."""

    def __init__(self, settings: Settings):
        if settings.mail_folder is None:
            raise Unavailable(_("no folder for mails is set (KH_MAIL_FOLDER or kh.toml)"))
        self.folder: Path = settings.mail_folder
        self.sender = settings.sender

    def send(self, message: MessageRow, at: datetime, ready: Callable[[], None]) -> Result:
        name = re.sub(r"[^A-Za-z0-9@._-]", "_", message.recipient).lstrip(".")
        path = self.folder / name / f"{message.office_date}-{message.message_id.strip('<>').partition('@')[0]}.eml"
        try:
            for folder in (self.folder, path.parent):
                folder.mkdir(parents=True, exist_ok=True, mode=0o700)
            with unfinished(path) as part:
                part.write_bytes(mime.seal(message, self.sender, at))
                ready()
        except OSError as error:
            return Result.of(Verdict.UNREACHABLE, error)
        except ValueError as error:
            return Result(Verdict.REFUSED, str(error))
        return Result(Verdict.ACCEPTED, str(path.relative_to(self.folder)))

    def close(self) -> None: ...
