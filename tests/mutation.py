"""`make mutation`: change the product in one small place after another, and see whether a test notices.

mutmut makes the changes; they are tried here and not by it, because most of what is tried keeps what it once worked out
(phrases, ladders): each change is tried in a child of a process that has imported everything and run nothing.
"""

import argparse
import difflib
import functools
import importlib
import importlib.util
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from pathlib import Path
from types import CodeType
from typing import Any

import pytest
from mutmut.mutation.file_mutation import MutatedFile, mutate_file_contents
from mutmut.mutation.trampoline import set_mutant_under_test
from mutmut.state import state

ROOT = Path(__file__).parent.parent
# What is changed together, and the tests that have to notice.
GROUPS: dict[str, tuple[Sequence[str], Sequence[str]]] = {
    "core": (
        ("states", "machine", "decisions", "escalation", "ladders"),
        ("machine", "decisions", "ladders", "notices", "quiet", "stages"),
    ),
    "deadlines": (
        sorted(f"deadlines.{path.stem}" for path in (ROOT / "engine" / "deadlines").glob("[a-z]*.py")),
        ("deadlines", "deadlines_measures", "announced_days", "bad_plans"),
    ),
}  # fmt: skip
NOTICED = ("failed", "did not end")
KEEPING = type(functools.cache(len))
FOLDER = Path("mutants")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # the tests wait for the disk more than for anything
AT_ONCE = os.cpu_count() or 1


@functools.cache
def changed(name: str) -> MutatedFile:
    path = ROOT / "engine" / f"{name.replace('.', '/')}.py"
    return mutate_file_contents(str(path), path.read_text("utf-8"))


class Loader(SourceFileLoader):
    """Loads a module with all its changes in it, asleep."""

    def get_code(self, fullname: str) -> CodeType:
        return compile(changed(fullname.removeprefix("engine.")).code, self.path, "exec", dont_inherit=True)


class Finder(MetaPathFinder):
    def __init__(self, names: Iterable[str]):
        self.names = {f"engine.{name}" for name in names}

    def find_spec(self, fullname: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if fullname not in self.names:
            return None
        spec = PathFinder.find_spec(fullname, path, target)
        assert spec is not None
        assert spec.origin is not None
        return importlib.util.spec_from_file_location(fullname, spec.origin, loader=Loader(fullname, spec.origin))


class Trial:
    """A plug-in of pytest that runs the collected tests once for each change."""

    def __init__(self, names: Sequence[str], share: float, into: Path):
        self.names, self.share, self.into = names, share, into

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for name in self.names:
            importlib.import_module(f"engine.{name}")
        importlib.import_module("engine.deadlines.grammar")._parser()  # built once, and handed down
        tests = self._who_calls(session)
        mutants = [f"engine.{name}.{mutant}" for name in self.names for mutant in changed(name).mutant_names]
        if self.share < 1:
            mutants = sorted(random.Random(1).sample(mutants, int(len(mutants) * self.share)))
        running: dict[int, str] = {}
        for mutant in mutants:
            called = tests.get(mutant.partition("__mutmut_")[0])
            if not called:
                self._note(mutant, "at import")
                continue
            if len(running) == AT_ONCE:
                self._await(running)
            seconds = int(20 + 10 * sum(took for took, _item in called))
            running[forked(functools.partial(judge, session, mutant, [item for _took, item in called], seconds))] = (
                mutant
            )
        while running:
            self._await(running)
        return True

    def _await(self, running: dict[int, str]) -> None:
        child, status = os.wait()
        mutant = running.pop(child)
        self._note(mutant, {0: "survived", 1: "failed"}.get(os.waitstatus_to_exitcode(status), "did not end"))

    def _note(self, mutant: str, what: str) -> None:
        with self.into.open("a", encoding="utf-8") as into:
            into.write(f"{mutant} {what}\n")

    def _who_calls(self, session: pytest.Session) -> dict[str, list[tuple[float, pytest.Item]]]:
        """Function → the tests that call it, the quickest first; found in a child: this process stays cold."""
        reading, writing = os.pipe()
        forked(functools.partial(listen, session, writing))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            rows = [json.loads(line) for line in pipe]
        os.wait()
        called: dict[str, list[tuple[float, pytest.Item]]] = {}
        for number, took, names in rows:
            for name in names:
                called.setdefault(name, []).append((took, session.items[number]))
        return {name: sorted(found, key=lambda one: one[0]) for name, found in called.items()}


def forked(work: Callable[[], None]) -> int:
    child = os.fork()
    if not child:
        try:
            work()
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(1)
    return child


def run(session: pytest.Session, item: pytest.Item) -> None:
    forget()
    session.config.hook.pytest_runtest_protocol(item=item, nextitem=None)


def forget() -> None:
    """Empty what the product keeps of earlier calls."""
    for name, module in list(sys.modules.items()):
        if name.startswith("engine"):
            for value in list(vars(module).values()):
                if isinstance(value, KEEPING) and value.__name__ != "_parser":
                    value.cache_clear()


def listen(session: pytest.Session, writing: int) -> None:
    set_mutant_under_test("stats")
    with os.fdopen(writing, "w") as pipe:
        for number, item in enumerate(session.items):
            state()._stats.clear()
            before = time.monotonic()
            run(session, item)
            pipe.write(json.dumps([number, time.monotonic() - before, sorted(state()._stats)]) + "\n")
    os._exit(0)


def judge(session: pytest.Session, mutant: str, items: Sequence[pytest.Item], seconds: int) -> None:
    signal.alarm(seconds)
    set_mutant_under_test(mutant)
    for item in items:
        run(session, item)
        if session.testsfailed:
            os._exit(1)
    os._exit(0)


def ask(names: Sequence[str], *words: str, awake: str = "") -> int:
    """The tests of a group in a process of its own, all changes loaded, one perhaps awake from the first import on."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        own = {"XDG_CACHE_HOME": place, "PYTEST_DEBUG_TEMPROOT": place}
        environ = {**os.environ, **own, "MUTANT_UNDER_TEST": awake}
        command = [sys.executable, __file__, *names, "--inside", *words]
        return subprocess.run(command, stdout=subprocess.DEVNULL, env=environ).returncode


def inside(names: Sequence[str], share: float, into: str) -> int:
    """Within that process: try every change, or the one that is awake."""
    sys.meta_path.insert(0, Finder(names))
    files = [f"tests/test_{test}.py" for test in group_of(names[0])[1]]
    words = ["-n", "0", "-p", "no:cacheprovider", "-W", "ignore", "-s", "-x", *files]
    return int(pytest.main(words, plugins=[Trial(names, share, Path(into))] if into else []))


def group_of(name: str) -> tuple[Sequence[str], Sequence[str]]:
    return next(group for group in GROUPS.values() if name in group[0])


def difference(mutant: str) -> str:
    """The changed line of a change."""
    file = changed(mutant.partition("__mutmut_")[0].removeprefix("engine.").rpartition(".")[0])
    name, lines = mutant.rpartition(".")[2], file.code.splitlines()
    spans = [file.line_span_by_function_name[one] for one in (name.partition("__mutmut_")[0] + "__mutmut_orig", name)]
    old, new = (lines[span.start - 1 : span.end] for span in spans)
    lines = list(difflib.unified_diff(old, new, n=0, lineterm=""))[2:]
    told = [line for line in lines if line[0] in "+-" and "mutmut" not in line]
    return " / ".join(" ".join(line.split()) for line in told)


def try_all(names: Sequence[str], share: float) -> dict[str, str]:
    """change → what came of it"""
    into = FOLDER / f"{names[0]}.txt"
    into.unlink(missing_ok=True)
    ask(names, "--into", str(into), "--share", str(share))
    found = dict(line.split(" ", 1) for line in into.read_text("utf-8").splitlines())
    for mutant in [mutant for mutant, what in found.items() if what == "at import"]:
        found[mutant] = "failed" if ask(names, awake=mutant) else "survived"
    return found


def tell(name: str, found: dict[str, str]) -> None:
    """How many of a module's changes were noticed, and which were not."""
    results = {mutant: what for mutant, what in found.items() if mutant.startswith(f"engine.{name}.x")}
    noticed = sum(what in NOTICED for what in results.values())
    sys.stdout.write(f"{name}: {noticed} of {len(results)} noticed\n")
    for mutant in sorted(mutant for mutant, what in results.items() if what not in NOTICED):
        sys.stdout.write(f"  {mutant.removeprefix('engine.')}: {difference(mutant)}\n")
    sys.stdout.flush()


def main() -> None:
    every = [name for names, _tests in GROUPS.values() for name in names]
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", default=every, metavar="MODULE")
    parser.add_argument("--share", type=float, default=1, help="of the changes, drawn by lot")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--into", default="", help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        sys.exit(inside(given.names, given.share, given.into))
    FOLDER.mkdir(exist_ok=True)
    for names, _tests in GROUPS.values():
        if chosen := [name for name in names if name in given.names]:
            found = try_all(chosen, given.share)
            for name in chosen:
                tell(name, found)


if __name__ == "__main__":
    main()
