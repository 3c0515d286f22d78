"""What a channel promises: one message in, one verdict out."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from engine.i18n import N_
from engine.rows import MessageRow

# The message was handed over whole, and then no reply came.
AMBIGUOUS = N_("handed over, but no reply came: it may have arrived; a repeat carries the same Message-ID")


class Verdict(StrEnum):
    ACCEPTED = "accepted"
    LATER = "later"  # refused for now, or no answer: worth another try
    REFUSED = "refused"  # it will never be accepted
    UNREACHABLE = "unreachable"  # the way out, not the message: all of its messages wait


@dataclass(frozen=True, slots=True)
class Result:
    verdict: Verdict
    text: str

    @classmethod
    def of(cls, verdict: Verdict, error: Exception) -> "Result":
        return cls(verdict, f"{type(error).__name__}: {error}"[:500])


class Channel(Protocol):
    """Made of the settings once a batch; raises Unavailable there where they name no such way out."""

    def send(self, message: MessageRow, at: datetime, ready: Callable[[], None]) -> Result:
        """Hand one stored message over. Never raises for what the other side may do.

        `ready` is called when all is prepared and nothing can have been accepted yet: it returns once the outcome of
        the message before is on record.
        """

    def close(self) -> None: ...
