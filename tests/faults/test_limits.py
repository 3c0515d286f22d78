"""No room on the disk, too few files, a locked database, SIGTERM: refused in words, then made good."""

import itertools
import os
import resource
import signal
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from harness import MEMORY, Trial, World

from engine import db, faults

pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs fork")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    with tempfile.TemporaryDirectory(dir=MEMORY) as place, closing(World(Path(place) / "office")) as found:
        yield found


def disk(pages: int) -> Callable[[], None]:
    """No file grows beyond so many pages."""

    def limit() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (pages * 4096, pages * 4096))

    return limit


def files(number: int) -> Callable[[], None]:
    """So many files beside those that are open."""
    return lambda: resource.setrlimit(resource.RLIMIT_NOFILE, (len(os.listdir("/proc/self/fd")) + number,) * 2)


def ending(k: int) -> Callable[[], None]:
    """SIGTERM at the k-th point."""
    numbers = itertools.count(1)

    def hook(_name: str) -> None:
        if next(numbers) == k:
            os.kill(os.getpid(), signal.SIGTERM)

    return lambda: faults.install(hook)


def impatient() -> None:
    """Waits a moment for a locked database instead of half a minute."""
    db.PRAGMAS = ("busy_timeout=50", *db.PRAGMAS[1:])
    db.BUSY_SECONDS = 0


FAULTS = {
    **{f"disk of {pages} pages": disk(pages) for pages in (1, 20, 60, 64, 66, 68, 70, 75)},
    **{f"{number} files": files(number) for number in (0, 1, 2, 3, 4, 6)},
    **{f"SIGTERM at {k}": ending(k) for k in (3, 20, 40, 70)},
}


@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="needs Linux")
@pytest.mark.parametrize("name", ["a move", "delivery", "migration", "backup"])
def test_a_limit_is_met_in_words_and_made_good(world: World, name: str) -> None:
    trial = Trial(world, name, 1)
    wrong, met = [], 0
    for number, (fault, prepare) in enumerate(FAULTS.items()):
        reached, found = trial.suffer(prepare, fault, number)
        met += reached
        wrong += [item for item in found if "-15" not in item.what]
    assert not wrong, "\n".join(map(str, wrong))
    assert met >= 4


def test_a_locked_database_is_said_in_words(world: World) -> None:
    trial = Trial(world, "a move", 1)
    world.restore("base.db")
    world.said()
    with closing(sqlite3.connect(world.database)) as other:
        other.execute("BEGIN IMMEDIATE")
        codes, _end = world.forked(trial.scenario.under_fire, impatient)
        assert (codes, "the database does not answer: database is locked" in world.said()) == ([4], True)
    assert trial.suffer(lambda: None, "free again", 0)[1] == []
