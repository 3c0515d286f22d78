"""What a command refuses, in words that say what instead; nothing is changed by it."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Kh

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store
Write = Callable[..., Path]
# A command line, its exit code, and what stands in its one line.
REFUSED: tuple[tuple[str, int, str], ...] = (
    ("fix-date x/tong-hop", 2, "fix-date takes a selector and a day"),
    ("note x/bao-cao/h1", 2, "note takes a selector and a text"),
    ("amend x --undo --add-unit bao-cao/h1 --reason r", 2, "--undo stands alone"),
    ("amend plan.yaml", 2, "amend takes instances and a file"),
    ("show x/bao-cao", 1, "“x/bao-cao” names 2 tasks; `show` takes one (kh tasks lists them)"),
    ("undo 999 --reason r", 1, "entry not found: 999"),
    ("undo 1 --reason r", 1, "entry 1 (start) cannot be undone"),
    ("close x --at 2020-01-01 --reason r", 1, "x cannot be closed as of"),
    ("silence x/bao-cao/h2 --until 2020-05-01 --reason r --at 2020-03-20", 1, "all of these tasks are finished"),
    ("extend grant x/bao-cao/h2 --until 2020-04-20 --doc 1/U --at 2020-03-26", 1, "no more time can be granted"),
    ("amend x plan.yaml --apply --at 2099-01-01", 1, "lies in the future"),
    ("submit x --from twice.csv --at 2020-03-25", 1, "twice.csv: h1 stands twice"),
    ("simulate plan.yaml --late so-a=viele", 1, "not a number of days: viele (write 10d)"),
    ("notices release 1 --doc 5/U --signed-by A", 1, "message 1 is"),
    ("close z* w* --reason r", 1, "instance not found: z* w*"),
    ("units list none", 1, "directory not found: none"),
    ("backup none/x.db", 4, "none/x.db: there is no such file or folder"),
    ("start none.yaml", 1, "cannot read none.yaml: there is no such file or folder"),
    ("submit x/bao-cao/h1 --file none", 1, "cannot read none: there is no such file or folder"),
)


@pytest.fixture
def lived(kh: Kh, plan_file: Write, tmp_path: Path) -> Kh:
    """One plan under way: h2 asked for time and then needed none."""
    kh("start", plan_file(), "--id", "x", "--at", "2020-03-04T08:00")
    kh("extend", "request", "x/bao-cao/h2", "--until", "2020-04-20", "--doc", "1/H, 2020-03-18", "--reason", "r",
       "--at", "2020-03-18")  # fmt: skip
    kh("cancel", "x/bao-cao/h2", "--at", "2020-03-19", "--reason", "r")
    kh("tick", "--at", "2020-03-19T08:00")
    (tmp_path / "twice.csv").write_text("unit\nh1\nh1\n", encoding="utf-8")
    return kh


@pytest.mark.parametrize(("line", "code", "words"), REFUSED, ids=lambda value: str(value).split(" --")[0])
def test_it_says_what_instead(lived: Kh, line: str, code: int, words: str) -> None:
    before = lived("log", "x", "--json").out
    ran = lived(*line.split(), ok=False)
    assert (ran.code, words in " ".join(ran.err.split())) == (code, True), ran
    assert lived("log", "x", "--json").out == before
