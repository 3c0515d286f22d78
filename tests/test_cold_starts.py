"""What a command imports: who only asks for help, or only looks, does not wait for what others need."""

import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import pytest
from conftest import act, at

from engine.office import Office
from engine.service.start import start

pytestmark = pytest.mark.store("sqlite")

# What is slow to import → the commands that may.
LIBRARIES = ("alembic", "apscheduler", "asyncio", "docx", "email.mime", "holidays", "holidays.countries",
             "icalendar", "jinja2", "lark",
             "openpyxl", "pydantic", "rich", "smtplib", "sqlalchemy", "sqlmodel", "transitions", "yaml")  # fmt: skip
STORE = {"asyncio", "pydantic", "sqlalchemy", "sqlmodel", "transitions"}  # SQLAlchemy asks for asyncio
MAY_IMPORT: dict[tuple[str, ...], set[str]] = {
    ("--version",): set(),
    ("--help",): set(),
    ("status", "x"): {*STORE, "rich"},
    ("tasks", "x", "--json"): {*STORE, "holidays", "lark", "rich", "yaml"},
    ("ack", "x/bao-cao/h1"): {*STORE, "holidays", "lark", "rich", "yaml"},
}
PROGRAM = """
import sys
from engine.commands.main import run
code = run(sys.argv[1:])
print(code, *sorted(name for name in {libraries} if name in sys.modules), file=sys.stderr)
"""


@pytest.mark.parametrize("words", MAY_IMPORT, ids=lambda words: words[0])
def test_a_command_imports_no_more_than_it_needs(
    office: Office, plan_file: Callable[..., Path], tmp_path: Path, words: Sequence[str]
) -> None:
    start(office, plan_file(), "x", act(at("2020-03-04 08:00")))
    environ = {"KH_DATABASE_URL": f"sqlite:///{tmp_path}/kh.db", "KH_LANG": "vi", "KH_USER": "tester"}
    program = PROGRAM.format(libraries=LIBRARIES)
    ran = subprocess.run(
        [sys.executable, "-c", program, *words], env=environ, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    code, *imported = ran.stderr.splitlines()[-1].split()
    assert code == "0", ran.stderr
    assert set(imported) <= MAY_IMPORT[tuple(words)]
