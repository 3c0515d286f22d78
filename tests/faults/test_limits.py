"""No room on the disk, too few files, no memory, a locked database, SIGTERM: refused in words, then made good."""

import itertools
import os
import resource
import signal
import sqlite3
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from functools import partial
from pathlib import Path

import pytest
from harness import MEMORY, Trial, Violation, World

from engine import faults, sqlite

PAGE, LARGE = 4096, 16 << 20
ELSEWHERE: list[object] = []  # memory that is taken
pytestmark = [pytest.mark.slow, pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")]


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as place, closing(World(Path(place) / "office")) as found:
        yield found


def disk(share: float, more: int = 0) -> Callable[[World], None]:
    """No file grows beyond a share of what the database has now and so many pages."""

    def limit(world: World) -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        base = world.folder / "base.db"
        pages = base.stat().st_size // PAGE if base.exists() else 0
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(pages * share + more) * PAGE,) * 2)

    return limit


def files(number: int) -> Callable[[World], None]:
    """So many descriptors beside those that are taken, whatever their numbers."""

    def limit(_world: World) -> None:
        taken = {int(name) for name in os.listdir("/proc/self/fd") if os.path.exists(f"/proc/self/fd/{name}")}
        free = (one for one in itertools.count() if one not in taken)
        resource.setrlimit(resource.RLIMIT_NOFILE, (next(itertools.islice(free, number, None)),) * 2)

    return limit


def memory(kilobytes: int) -> Callable[[World], None]:
    """So much memory, in pieces; all else that the process could still get is taken first."""

    def limit(_world: World) -> None:
        threading.stack_size(LARGE)  # a forked child must not come by the stack of a thread that its parent had
        with open("/proc/self/statm", encoding="ascii") as statm:
            size = int(statm.read().split()[0]) * resource.getpagesize()
        resource.setrlimit(resource.RLIMIT_AS, (size + LARGE // 2,) * 2)
        taken, piece = [b""], LARGE // 2
        while piece >= 1024:
            try:
                taken.append(bytes(piece))
            except MemoryError:
                piece //= 2
        given = 0
        while given < kilobytes << 10:
            given += len(taken.pop())
        ELSEWHERE.append(taken)

    return limit


def ending(k: int) -> Callable[[World], None]:
    """SIGTERM at the k-th point."""
    numbers = itertools.count(1)

    def hook(_name: str) -> None:
        if next(numbers) == k:
            os.kill(os.getpid(), signal.SIGTERM)

    return lambda _world: faults.install(hook)


def impatient() -> None:
    """Waits a moment for a locked database instead of half a minute."""
    sqlite.PATIENCE = "busy_timeout=50"
    sqlite.PRAGMAS = (sqlite.PATIENCE, *sqlite.PRAGMAS[1:])
    sqlite.BUSY_SECONDS = 0


# The limits that every scenario meets come first.
FAULTS = {
    "disk of a page": disk(0, 1),
    **{f"{number} files": files(number) for number in (0, 1, 2)},
    **{f"memory of {kilobytes} KB": memory(kilobytes) for kilobytes in (0, 64)},
    "disk half full": disk(0.5),
    **{f"disk of {more} pages more": disk(1, more) for more in (-1, 0, 2, 5, 11)},
    **{f"{number} files": files(number) for number in (3, 4, 6)},
    **{f"memory of {kilobytes} KB": memory(kilobytes) for kilobytes in (128, 256, 512, 1024, 4096)},
    **{f"SIGTERM at {k}": ending(k) for k in (3, 20, 40, 70)},
}
ALWAYS_MET = 6


def _is_of_an_extension(item: Violation) -> bool:
    """Code in C that got no memory and does not say so: the interpreter finds out, and nobody can put it better."""
    return item.mode.startswith("memory") and "SystemError: error return without exception" in item.what


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")
@pytest.mark.parametrize("name", ["a move", "delivery", "migration", "backup"])
def test_a_limit_is_met_in_words_and_made_good(world: World, name: str) -> None:
    trial = Trial(world, name, 1)
    wrong, met = [], []
    for number, (fault, prepare) in enumerate(FAULTS.items()):
        reached, found = trial.suffer(partial(prepare, world), fault, number)
        met += [fault] if reached else []
        wrong += [item for item in found if "-15" not in item.what and not _is_of_an_extension(item)]
    assert not wrong, "\n".join(map(str, wrong))
    assert met[:ALWAYS_MET] == list(FAULTS)[:ALWAYS_MET]


def test_a_locked_database_is_said_in_words(world: World) -> None:
    trial = Trial(world, "a move", 1)
    world.restore("base.db")
    world.said()
    with closing(sqlite3.connect(world.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        codes, _end = world.forked(trial.scenario.under_fire, impatient)
        assert (codes, "the database does not answer: database is locked" in world.said()) == ([4], True)
    assert trial.suffer(lambda: None, "free again", 0)[1] == []
