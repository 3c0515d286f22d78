"""What development and CI install is locked: every package with hashes, and the address of no index."""

import re
import tomllib

from conftest import ROOT

LOCK = (ROOT / "requirements-dev.txt").read_text("utf-8")
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))


def name_of(requirement: str) -> str:
    return re.sub(r"[-_.]+", "-", re.match(r"[A-Za-z0-9._-]+", requirement)[0]).lower()  # type: ignore[index]


def locked() -> dict[str, str]:
    """package → its lines in the lock."""
    parts = re.split(r"\n(?=[a-z0-9])", "\n" + LOCK)
    return {name_of(part): part for part in parts if "==" in part}


def test_everything_that_is_asked_for_is_locked_with_hashes() -> None:
    project = PYPROJECT["project"]
    wanted = [
        *project["dependencies"],
        *project["optional-dependencies"]["dev"],
        *PYPROJECT["build-system"]["requires"],
    ]
    here = {name_of(item) for item in wanted if "sys_platform" not in item and "python_version" not in item}
    assert here - locked().keys() == set(), "run: make lock"
    assert all(part.count("--hash=sha256:") >= 1 for part in locked().values())


def test_the_lock_names_no_index() -> None:
    assert not re.search(r"https?://|file:|--(extra-)?index-url|--find-links|--trusted-host", LOCK)
