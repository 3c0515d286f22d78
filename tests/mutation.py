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
import mmap
import os
import random
import re
import signal
import subprocess
import sys
import tempfile
import time
import traceback
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
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
    "states": (("states", "machine", "decisions"), ("machine", "moves", "decisions", "stages")),
    "ladders": (("escalation", "ladders"), ("agenda", "recipients", "sweep", "ladders", "notices", "quiet")),
    "deadlines": (
        sorted(f"deadlines.{path.stem}" for path in (ROOT / "engine" / "deadlines").glob("[a-z]*.py")),
        ("deadlines", "deadlines_measures", "bad_plans"),
    ),
}  # fmt: skip
NOTICED = ("failed", "did not end")
KEEPING = type(functools.cache(len))
FOLDER = Path("mutants")
MEMORY = "/dev/shm" if Path("/dev/shm").is_dir() else None  # the tests wait for the disk more than for anything
AT_ONCE = os.cpu_count() or 1
# mutmut passes over what is decorated; what only keeps an answer is taken off, so that the best of it is tried too.
_KEPT = re.compile(r"^@(?:cache|lru_cache\(.*?\)).*\n(?!def _parser)", re.MULTILINE)


@functools.cache
def changed(name: str) -> MutatedFile:
    path = ROOT / "engine" / f"{name.replace('.', '/')}.py"
    return mutate_file_contents(str(path), _KEPT.sub("", path.read_text("utf-8")))


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

    def __init__(self, names: Sequence[str], chosen: Sequence[str], seconds: float, into: Path):
        self.names, self.chosen, self.seconds, self.into = names, chosen, seconds, into

    @pytest.hookimpl
    def pytest_runtestloop(self, session: pytest.Session) -> bool:
        for name in self.names:
            importlib.import_module(f"engine.{name}")
        importlib.import_module("engine.deadlines.grammar")._parser()  # built once, and handed down
        tests = self._who_calls(session)
        self.who = mmap.mmap(-1, 2 * len(self.chosen))  # by which test each change was noticed; written by the children
        running: dict[int, int] = {}
        for number, mutant in enumerate(self.chosen):
            called = tests.get(mutant.partition("__mutmut_")[0])
            if not called:
                self._note(mutant, "at import")
                continue
            if len(running) == AT_ONCE:
                self._await(running, tests)
            running[forked(functools.partial(self._judge, session, number, called))] = number
        while running:
            self._await(running, tests)
        return True

    def _await(self, running: dict[int, int], tests: "dict[str, list[Call]]") -> None:
        child, status = os.wait()
        number = running.pop(child)
        mutant, code = self.chosen[number], os.waitstatus_to_exitcode(status)
        self._note(mutant, {0: "survived", 1: "failed"}.get(code, "did not end"))
        if code == 1:  # what noticed one change of a function is asked first about the next
            called = tests[mutant.partition("__mutmut_")[0]]
            noticed = int.from_bytes(self.who[2 * number : 2 * number + 2])
            called.sort(key=lambda call: call[1] != noticed)

    def _note(self, mutant: str, what: str) -> None:
        with self.into.open("a", encoding="utf-8") as into:
            into.write(f"{mutant} {what}\n")

    def _judge(self, session: pytest.Session, number: int, called: "Sequence[Call]") -> None:
        """In a child: run the tests that call the changed function until one fails, or `seconds` are spent."""
        set_mutant_under_test(self.chosen[number])
        spent = 0.0
        for took, test in called:
            signal.alarm(int(6 + 10 * took))
            run(session, session.items[test])
            if session.testsfailed:
                self.who[2 * number : 2 * number + 2] = test.to_bytes(2)
                os._exit(1)
            spent += took
            if spent > self.seconds:
                break
        os._exit(0)

    def _who_calls(self, session: pytest.Session) -> "dict[str, list[Call]]":
        """Function → the tests that call it, those of the first file first, of each the quickest first.

        They are found in a child: this process stays cold.
        """
        reading, writing = os.pipe()
        forked(functools.partial(listen, session, writing))
        os.close(writing)
        with os.fdopen(reading) as pipe:
            rows = [json.loads(line) for line in pipe]
        _child, status = os.wait()
        assert not status, "a test fails before anything is changed"
        place = {path: number for number, path in enumerate(dict.fromkeys(item.path for item in session.items))}
        called: dict[str, list[Call]] = {}
        for number, took, names in rows:
            for name in names:
                called.setdefault(name, []).append((took, number))
        return {
            name: sorted(found, key=lambda call: (place[session.items[call[1]].path], call[0]))
            for name, found in called.items()
        }


Call = tuple[float, int]  # how long a test took that calls a function, and its number


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
    os._exit(1 if session.testsfailed else 0)


def ask(names: Sequence[str], *words: str, awake: str = "") -> int:
    """The tests of a group in a process of its own, all changes loaded, one perhaps awake from the first import on."""
    with tempfile.TemporaryDirectory(dir=MEMORY) as place:
        own = {"XDG_CACHE_HOME": place, "PYTEST_DEBUG_TEMPROOT": place}
        environ = {**os.environ, **own, "MUTANT_UNDER_TEST": awake}
        command = [sys.executable, __file__, *names, "--inside", *words]
        errors = subprocess.DEVNULL if awake else None  # of a change that breaks the import there is much to say
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=errors, env=environ).returncode


def inside(names: Sequence[str], chosen: Path, seconds: float, into: str) -> int:
    """Within that process: try every chosen change, or the one that is awake."""
    sys.meta_path.insert(0, Finder(names))
    files = [f"tests/test_{test}.py" for test in group_of(names[0])[1]]
    words = ["-n", "0", "-p", "no:cacheprovider", "-W", "ignore", "-s", "-x", "--tb", "native", *files]
    trial = [Trial(names, chosen.read_text("utf-8").split(), seconds, Path(into))] if into else []
    return int(pytest.main(words, plugins=trial))


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


def drawn(names: Sequence[str], share: float, seed: int) -> list[str]:
    """The changes to be tried: all of them, or a share drawn by lot."""
    mutants = [f"engine.{name}.{mutant}" for name in names for mutant in changed(name).mutant_names]
    return sorted(random.Random(seed).sample(mutants, int(len(mutants) * share))) if share < 1 else mutants


def try_all(names: Sequence[str], chosen: Sequence[str], seconds: float) -> dict[str, str]:
    """change → what came of it"""
    into, asked = FOLDER / f"{names[0]}.txt", FOLDER / f"{names[0]}.chosen"
    into.unlink(missing_ok=True)
    asked.write_text("\n".join(chosen), encoding="utf-8")
    ask(names, "--into", str(into), "--chosen", str(asked), "--seconds", str(seconds))
    found = found_in(into)
    silent = [mutant for mutant, what in found.items() if what == "at import"]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        for mutant, code in zip(silent, pool.map(lambda mutant: ask(names, awake=mutant), silent), strict=True):
            found[mutant] = "failed" if code else "survived"
    return found


def found_in(into: Path) -> dict[str, str]:
    return dict(line.split(" ", 1) for line in into.read_text("utf-8").splitlines())


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
    parser.add_argument("--seed", type=int, default=1, help="of the lot")
    parser.add_argument("--seconds", type=float, default=15, help="of tests for each change")
    parser.add_argument(
        "--survivors", action="store_true", help="only what survived the last time, now that tests came"
    )
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    parser.add_argument("--into", default="", help=argparse.SUPPRESS)
    parser.add_argument("--chosen", type=Path, default=Path(), help=argparse.SUPPRESS)
    given = parser.parse_args()
    if given.inside:
        sys.exit(inside(given.names, given.chosen, given.seconds, given.into))
    FOLDER.mkdir(exist_ok=True)
    for names, _tests in GROUPS.values():
        if some := [name for name in names if name in given.names]:
            before = found_in(FOLDER / f"{some[0]}.txt") if given.survivors else {}
            left = [mutant for mutant, what in before.items() if what not in NOTICED]
            found = try_all(some, left if given.survivors else drawn(some, given.share, given.seed), given.seconds)
            found = before | found
            lines = "".join(f"{mutant} {what}\n" for mutant, what in found.items())
            (FOLDER / f"{some[0]}.txt").write_text(lines, encoding="utf-8")
            for name in some:
                tell(name, found)


if __name__ == "__main__":
    main()
