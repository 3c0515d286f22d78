"""Whose turn a message is, where several machines send: claims with a token, and an end unless they are renewed."""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import uuid4

from sqlalchemy import Connection, bindparam, delete, text

from engine.errors import Interrupted
from engine.i18n import _
from engine.prepared import Prepared
from engine.store import table
from engine.tables import Claim

CLAIM = table(Claim)
SLACK = 15  # seconds a lease lasts beyond the longest wait for a server's answer
# A lease ends by the database's clock alone; whose token stands there is who may say what came of the message.
_TAKE = text("""
    INSERT INTO claim (message_id, token, holder, until)
    SELECT id, :token, :holder, clock_timestamp() + make_interval(secs => :seconds) FROM message
    WHERE id IN (
        SELECT id FROM message
        WHERE status = 'pending' AND (next_attempt_at IS NULL OR next_attempt_at <= :now) AND NOT EXISTS (
            SELECT 1 FROM claim WHERE claim.message_id = message.id AND claim.until > clock_timestamp()
        )
        ORDER BY severity DESC, id LIMIT :most FOR NO KEY UPDATE SKIP LOCKED
    )
    ORDER BY severity DESC, id
    ON CONFLICT (message_id) DO UPDATE SET token = excluded.token, holder = excluded.holder, until = excluded.until
        WHERE claim.until <= clock_timestamp()
    RETURNING message_id
""")
_RENEW = text("""
    UPDATE claim SET until = clock_timestamp() + make_interval(secs => :seconds)
    WHERE token = :token AND until > clock_timestamp()
""")
_GIVE_BACK = delete(CLAIM).where(CLAIM.c.token == bindparam("its"))
_SETTLE = Prepared(
    delete(CLAIM).where(CLAIM.c.message_id == bindparam("message"), CLAIM.c.token == bindparam("its"))
)  # fmt: skip


@dataclass
class Lease:
    """What one process took on in one go, under one token."""

    holder: str
    timeout: float  # seconds of the longest wait for a server's answer
    clock: Callable[[], float] = time.monotonic
    token: str = field(default_factory=lambda: uuid4().hex)
    ends_at: float = 0

    @property
    def seconds(self) -> float:
        return self.timeout + SLACK

    def take(self, connection: Connection, now: datetime, most: int) -> list[int]:
        """Claim messages that nobody holds, the most urgent first; those held already are not found again."""
        began = self.clock()
        values = {"token": self.token, "holder": self.holder, "seconds": self.seconds, "now": now, "most": most}
        found = list(connection.execute(_TAKE, values).scalars())
        self.ends_at = began + self.seconds
        return found

    @property
    def is_short(self) -> bool:
        """Might the lease end before a server answers?"""
        return self.ends_at - self.clock() < self.timeout + SLACK / 3

    def renew(self, connection: Connection, left: Sequence[int]) -> None:
        """For what is left of the batch. Raises Interrupted where somebody else may hold it by now."""
        began = self.clock()
        renewed = connection.execute(_RENEW, {"token": self.token, "seconds": self.seconds}).rowcount
        if renewed < len(left):
            raise Interrupted(_("the lease on {n} messages ran out: another machine sends them").format(n=len(left)))
        self.ends_at = began + self.seconds

    def settle(self, connection: Connection, message_id: int) -> bool:
        """Give one message back with its outcome, in the same transaction; False where another took it over."""
        return bool(_SETTLE.run(connection, [{"message": message_id, "its": self.token}]))

    def give_back(self, connection: Connection) -> None:
        connection.execute(_GIVE_BACK, {"its": self.token})
