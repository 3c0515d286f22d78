"""Kills a warmed process at its k-th point, k = 1, 2, …, lets the next one recover, and asks the checker."""

import gc
import importlib
import itertools
import os
import random
import shutil
import signal
import sqlite3
import sys
import tempfile
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import checker
from mailserver import MailServer
from scenarios import LATE, SCENARIOS, START, Scenario, Words, lay_out, old_dump

from engine import faults, waves
from engine.commands.main import COMMANDS, run
from engine.service.backups import verify

Hook = Callable[[str], None]
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # a killed process loses nothing there, and it is fast
EVERY = 8  # of the blows that leave one and the same state is followed to the end of the plan; the others are mended
ENOUGH = 5  # violations, to look into before one goes on
LONGEST = 60  # seconds that a child may live
MODES = ("kill", "fail")  # SIGKILL; or the call fails though what it did is done


@dataclass(frozen=True)
class Violation:
    invariant: str
    what: str
    scenario: str
    seed: int
    mode: str
    k: int

    def __str__(self) -> str:
        return f"{self.invariant} {self.what} [{self.scenario}, seed {self.seed}, {self.mode} {self.k}]"


class Stop(Exception):
    """The process was killed, or told that it failed."""


def dying(k: int, mode: str) -> Hook:
    """A hook that ends the process, or makes the call fail, at the k-th point."""
    numbers = itertools.count(1)

    def hook(_name: str) -> None:
        if next(numbers) == k:
            if mode == "kill":
                os.kill(os.getpid(), signal.SIGKILL)
            raise OSError("told to fail")

    return hook


class World:
    """A folder with an office in it, and a mail server. Everything of the engine happens in forked children."""

    def __init__(self, folder: Path, planted: Callable[[], None] | None = None):
        self.folder, self.planted, self.under_fire = folder, planted, False
        folder.mkdir(mode=0o700, exist_ok=True)
        warm()
        self.database = folder / "kh.db"
        self.mail = MailServer(folder / "mails.jsonl")
        self.environ = {
            "KH_DATABASE_URL": f"sqlite:///{self.database}", "KH_USER": "tester", "KH_SMTP_HOST": "127.0.0.1",
            "KH_SMTP_PORT": str(self.mail.port), "KH_SMTP_FROM": "kh@t.example.vn", "KH_LANG": "en",
        }  # fmt: skip

    def forked(self, commands: Sequence[Words], prepare: Callable[[], None] = lambda: None) -> tuple[list[int], int]:
        """Exit codes of the commands a child got through, and its own end (negative: the signal)."""
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            os.close(reading)
            self._live(commands, prepare, writing)
        os.close(writing)
        with os.fdopen(reading, "rb") as pipe:
            codes = list(pipe.read())
        return codes, os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    def _live(self, commands: Sequence[Words], prepare: Callable[[], None], writing: int) -> None:
        signal.alarm(LONGEST)
        try:
            os.chdir(self.folder)
            os.environ.update(self.environ)
            errors = os.open("stderr", os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(errors, 2)
            os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
            sys.stdout, sys.stderr = os.fdopen(1, "w", closefd=False), os.fdopen(2, "w", closefd=False)
            if self.planted and self.under_fire:
                self.planted()
            prepare()
            for words in commands:
                code = run([self._filled(word) for word in words])
                os.write(writing, bytes([code]))
                if code:
                    break
        except BaseException:
            traceback.print_exc()
        finally:
            sys.stderr.flush()
            os._exit(0)

    def _filled(self, word: str) -> str:
        """`@last cancel@` → the number of the newest entry with that trigger."""
        if not word.startswith("@last "):
            return word
        with closing(sqlite3.connect(self.database)) as connection:
            query = 'SELECT max(id) FROM entry WHERE "trigger" = ?'
            return str(connection.execute(query, (word.strip("@").split()[1],)).fetchone()[0])

    def said(self) -> str:
        """What children wrote to stderr since it was last asked."""
        path = self.folder / "stderr"
        text = path.read_text("utf-8", "replace") if path.exists() else ""
        path.unlink(missing_ok=True)
        return text

    def keep(self, name: str) -> None:
        with closing(sqlite3.connect(self.database)) as source, closing(sqlite3.connect(self.folder / name)) as copy:
            source.backup(copy)

    def restore(self, name: str) -> None:
        for path in [*self.folder.glob("kh.db*"), *self.folder.glob("*copy.db*")]:
            path.unlink()
        if (self.folder / name).exists():
            shutil.copyfile(self.folder / name, self.database)
            self.database.chmod(0o600)
        self.mail.forget()

    def close(self) -> None:
        self.mail.stop()


@cache
def warm() -> None:
    """Import and build once, in this process, what every child would otherwise import and build again."""
    for module, _text in COMMANDS.values():
        importlib.import_module(f"engine.commands.{module}")
    import alembic.command  # noqa: F401

    waves.WAVE = 1  # small as the plans here are, a morning takes several
    with tempfile.TemporaryDirectory(dir=MEMORY) as name, open(os.devnull, "w", encoding="utf-8") as sink:
        place = Path(name)
        os.environ["KH_MAIL_FOLDER"] = str(place / "mails")
        os.environ["KH_DATABASE_URL"] = f"sqlite:///{place / 'kh.db'}"
        lay_out(place, "start", 0)
        with redirect_stdout(sink), redirect_stderr(sink):
            for words in (["start", str(place / "plan.yaml"), "--id", "x", "--at", START], *LATE, ["audit", "verify"],
                          ["submit", "x/bao-cao", "--at", "2020-04-01T09:00"]):  # fmt: skip
                assert run(words) == 0, words
    for key in ("KH_MAIL_FOLDER", "KH_DATABASE_URL"):
        del os.environ[key]
    gc.collect()  # closes the stores: none is open when children are forked
    gc.freeze()


class Trial:
    """One scenario under one seed: its office before, after each command, and at the end, as they should be."""

    def __init__(self, world: World, name: str, seed: int):
        self.world, self.name, self.seed = world, name, seed
        world.under_fire = False
        (world.folder / "base.db").unlink(missing_ok=True)
        world.restore("none")
        self.scenario: Scenario = lay_out(world.folder, name, seed)
        self._prepare()
        world.keep("base.db")
        self.states = [checker.state_of(world.database)]
        for words in self.scenario.under_fire:
            codes, _end = world.forked([words])
            assert codes == [0], (name, words, world.said())
            self.states.append(checker.state_of(world.database))
        # A tick tells the coordinator what an earlier one could not deliver: struck or not, there are two of them.
        self.then = [*(() if self.scenario.atomic else self.scenario.under_fire), *self.scenario.then]
        codes, _end = world.forked(self.then)
        assert codes == [0] * len(self.then), (name, world.said())
        self.final = checker.state_of(world.database)
        world.under_fire = True
        self.lived: set[int] = set()  # how much was left to say in those that were followed to their end

    def _prepare(self) -> None:
        world, before = self.world, list(self.scenario.before)
        if self.scenario.old_schema:
            with closing(sqlite3.connect(world.database)) as connection:
                connection.executescript(old_dump(self.scenario.old_schema))
        elif not before:
            world.forked([["doctor"]])  # an empty store
        killed = before.pop() if self.scenario.killed_before else None
        codes, _end = world.forked(before)
        assert codes == [0] * len(before), (self.name, world.said())
        self.earlier = set()
        if killed:
            k = random.Random(self.seed).randint(10, 60)
            world.forked([killed], lambda: faults.install(dying(k, "kill")))
            self.earlier = checker.unrecorded(world.database, world.mail.mails())
        self.mails = world.mail.mails()

    def strike(self, k: int, mode: str) -> tuple[bool, list[Violation]]:
        """(did it come so far, what went wrong)"""
        return self.suffer(lambda: faults.install(dying(k, mode)), mode, k)

    def suffer(self, fault: Callable[[], None], mode: str, k: int) -> tuple[bool, list[Violation]]:
        """The same under any fault that a process can be brought into before it begins."""
        world, scenario = self.world, self.scenario
        world.restore("base.db")
        world.said()
        codes, end = world.forked(scenario.under_fire, fault)
        reached = end != 0 or len(codes) < len(scenario.under_fire) or any(codes)
        found = list(self._struck(codes, end))
        left = self._left(codes)
        whole = not scenario.atomic or len(left) not in self.lived or not k % EVERY
        self.lived.add(len(left))
        found += self._recovered([*left, *(self.then if whole else ())], self.final if whole else self.states[-1])
        return reached, [Violation(*item, self.name, self.seed, mode, k) for item in found]

    def _struck(self, codes: list[int], end: int) -> Iterator[tuple[str, str]]:
        """I1, right after; I8."""
        now, done = checker.state_of(self.world.database), codes.count(0)
        if self.scenario.atomic and now not in self.states[done : done + 2]:
            yield "I1", f"after {done} commands: {checker.difference(now, self.states[done])}"
        if any(code not in (0, 4) for code in codes) or end not in (0, -signal.SIGKILL):
            yield "I8", f"exit codes {codes}, {end}: {self.world.said()[-300:]}"
        copy = self.world.folder / "copy.db"
        if copy.exists() and (wrong := verify(copy).problems):
            yield "I1", f"a broken backup stands under its name: {wrong}"

    def _left(self, codes: list[int]) -> list[Words]:
        """What has to be said again: all that was not acknowledged and is not there."""
        done = codes.count(0)
        commands, now = list(self.scenario.under_fire), checker.state_of(self.world.database)
        is_there = done < len(commands) and self.scenario.atomic and now == self.states[done + 1] != self.states[done]
        (self.world.folder / "copy.db").unlink(missing_ok=True)
        return commands[done + is_there :]

    def _recovered(self, commands: list[Words], expected: checker.State) -> Iterator[tuple[str, str]]:
        """What the next process makes of it, and all the other invariants."""
        world = self.world
        mails = self.mails + world.mail.mails()
        under_way = self.earlier | checker.unrecorded(world.database, mails) if self.scenario.before else set()
        if expected is self.final:
            commands = [*commands, ["audit", "verify"]]
        codes, end = world.forked(commands)
        if codes != [0] * len(commands) or end:
            invariant = "I6" if codes == [*[0] * (len(commands) - 1), 1] else "I10"
            yield invariant, f"recovery ended with {codes}, {end}: {world.said()[-500:]}"
        if "Traceback" in world.said():
            yield "I8", "a traceback"
        if not self.scenario.old_schema:
            mails = self.mails + world.mail.mails()
            yield from checker.check(world.database, mails, under_way, finished=expected is self.final)
        if wrong := checker.difference(checker.state_of(world.database), expected):
            yield "I10", f"it ends otherwise than undisturbed: {wrong}"


def trials(world: World, names: Sequence[str], most: int) -> Iterator[tuple[int, list[Violation]]]:
    """Strike until so many blows fell: (how many so far, what the last one showed)."""
    blows = 0
    for seed in itertools.count():
        for name in names:
            trial = Trial(world, name, seed)
            mode = MODES[(seed + len(name)) % 2] if seed else "kill"
            for k in itertools.count(1):
                reached, found = trial.strike(k, mode)
                if reached:
                    blows += 1
                    yield blows, found
                elif found:
                    yield blows, found
                if not reached or blows >= most:
                    break
            if blows >= most:
                return


def half(share: int) -> tuple[str, ...]:
    """Two processes of the tests share the work."""
    return tuple(SCENARIOS)[share::2]


def strike(most: int, *, planted: Callable[[], None] | None = None,
           names: Sequence[str] = tuple(SCENARIOS), until: str = "") -> tuple[int, list[Violation]]:  # fmt: skip
    """So many blows over a share of the scenarios; stops early where enough is wrong, or what was looked for is found.

    With a bug planted, even what is expected comes from an office without it.
    """
    found: list[Violation] = []
    blows = 0
    with tempfile.TemporaryDirectory(dir=MEMORY) as place, closing(World(Path(place) / "office", planted)) as world:
        for blows, wrong in trials(world, names, most):  # noqa: B007
            found += wrong
            if (len(found) >= ENOUGH and not until) or until in {item.invariant for item in wrong}:
                break
    return blows, found


if __name__ == "__main__":
    fallen, wrong_ones = strike(int(sys.argv[1]))
    sys.stdout.write("\n".join([f"{fallen} blows, {len(wrong_ones)} violations", *map(str, wrong_ones), ""]))
    sys.exit(bool(wrong_ones))
