"""Doing a whole transaction again, where the database took it back."""

import random
import time
from collections.abc import Callable, Sequence
from typing import TypeVar

from engine.errors import Interrupted

Result = TypeVar("Result")
PAUSES = (0.02, 0.1, 0.3, 1, 2, 3, 5, 5, 5, 5)  # seconds; together as long as a server takes to start anew


def again(
    action: Callable[[], Result],
    pauses: Sequence[float] = PAUSES,
    sleep: Callable[[float], None] = time.sleep,
    jitter: Callable[[], float] = random.random,
) -> Result:
    """What `action` returns, as soon as nothing interrupts it. Raises Interrupted where that goes on.

    The action is one transaction from its first look at the database: nothing of an interrupted one remains, and of
    one whose commit lost its reply it is known that it was not committed (engine.db.commanding).
    """
    for pause in pauses:
        try:
            return action()
        except Interrupted:
            sleep(pause * (1 + jitter()))
    return action()
