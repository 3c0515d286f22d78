"""Who may read what the program writes, and what it never opens itself."""

import os
import stat
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Kh

pytestmark = pytest.mark.skipif(os.name != "posix", reason="file rights are POSIX")

# A day of an office, under the most careless umask; whatever opens the database but SQLite itself is printed.
DAY = """
import os, sys
from pathlib import Path
os.umask(0)
place = Path("data").absolute()
def seen(event, arguments):
    if event == "open" and isinstance(arguments[0], (str, bytes, Path)):
        path = os.path.abspath(os.fsdecode(arguments[0]))
        made = (arguments[2] or 0) & os.O_EXCL
        if path.startswith(str(place / "kh.db")) and not made:
            print("!opened", path)
sys.addaudithook(seen)
from engine.commands.main import run
for words in (
    ["start", "plan.yaml", "--id", "x", "--at", "2020-03-04T08:00"], ["tick", "--at", "2020-03-04T08:00"],
    ["ack", "x/bao-cao", "--at", "2020-03-05"], ["tick", "--at", "2020-03-31T08:00"], ["status", "x"], ["doctor"],
    ["backup", "data/copy.db"], ["backup", "--verify", "data/kh.db"], ["check", "data/kh.db"], ["start", "data/kh.db"],
    ["units", "load", "data/kh.db"], ["log", "x"], ["notices", "list"],
):
    run(words)
    for path in place.rglob("*"):
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            print("!open to all", oct(mode), path)
"""


def test_a_day_of_an_office_leaves_nothing_open_to_others(
    plan_file: Callable[..., Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    plan_file()
    monkeypatch.setenv("KH_DATABASE_URL", f"sqlite:///{tmp_path / 'data' / 'kh.db'}")
    monkeypatch.setenv("KH_MAIL_FOLDER", str(tmp_path / "data" / "mails"))
    ran = subprocess.run([sys.executable, "-c", DAY], capture_output=True, text=True, check=False)
    assert "Traceback" not in ran.stderr
    assert [line for line in ran.stdout.splitlines() if line.startswith("!open")] == []
    assert stat.S_IMODE((tmp_path / "data").stat().st_mode) == 0o700
    mails = list((tmp_path / "data" / "mails").rglob("*"))
    assert len([path for path in mails if path.suffix == ".eml"]) > 3
    assert {stat.S_IMODE(path.stat().st_mode) for path in mails if path.is_file()} == {0o600}


def test_a_database_in_use_is_no_plan(kh: Kh, plan_file: Callable[..., Path], tmp_path: Path) -> None:
    (tmp_path / "kh.db-wal").touch()
    (tmp_path / "kh.db").touch()
    ran = kh("check", "kh.db", ok=False)
    assert (ran.code, "is a database in use" in ran.out + ran.err) == (1, True)


@pytest.mark.parametrize("command", ["check", "start", "simulate"])
@pytest.mark.parametrize(
    "name", ["pipe", "loop", "/dev/zero", "/dev/tty", "/proc/self/mem", "folder", "../" * 400 + "etc/passwd", "a\0b"]
)
def test_what_is_no_file_is_no_plan(kh: Kh, tmp_path: Path, command: str, name: str) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    (tmp_path / "folder").mkdir()
    ran = kh(command, name, ok=False)
    assert ran.code == 1


@pytest.mark.parametrize("key", ["directory", "calendar"])
@pytest.mark.parametrize("name", ["pipe", "loop", "/dev/zero", "../../../../etc/passwd", "/etc/shadow", "plan.yaml"])
def test_a_plan_names_files_and_nothing_else(
    kh: Kh, plan_file: Callable[..., Path], tmp_path: Path, key: str, name: str
) -> None:
    os.mkfifo(tmp_path / "pipe")
    (tmp_path / "loop").symlink_to("loop")
    text = plan_file().read_text("utf-8")
    start, end = text.index("directory:"), text.index("coordinator:")
    text = f"{text[:start]}directory: {name}\n{text[end:]}" if key == "directory" else f"calendar: {name}\n{text}"
    ran = kh("check", plan_file(text), ok=False)
    assert ran.code == 1
    assert "root:" not in ran.out + ran.err
