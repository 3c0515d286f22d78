"""The wheel, installed in a clean environment and run outside the checkout."""

import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from conftest import ROOT

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store


def run(*words: str | Path, cwd: Path, **more: str) -> str:
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("KH_", "PYTHON"))}
    ran = subprocess.run(
        [str(word) for word in words], cwd=cwd, env=environment | more, capture_output=True, timeout=600, check=False,
        encoding="utf-8",
    )  # fmt: skip
    assert ran.returncode == 0, ran.stdout + ran.stderr
    return ran.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    tree = folder / "tree"
    listing = ["git", "ls-files", "-zco", "--exclude-standard"]
    names = subprocess.run(listing, cwd=ROOT, capture_output=True, check=True).stdout
    for name in filter(None, names.split(b"\0")):
        source = ROOT / os.fsdecode(name)
        if source.exists():
            (tree / os.fsdecode(name)).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(source, tree / os.fsdecode(name))
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", folder, tree, cwd=folder)
    (found,) = folder.glob("*.whl")
    return found


def test_only_engine_is_a_top_level_name(wheel: Path) -> None:
    names = zipfile.ZipFile(wheel).namelist()
    assert {name.split("/")[0] for name in names if ".dist-info" not in name} == {"engine"}
    for part in ("_data/plans/directories/dong-thap.yaml", "_data/templates/vi/digest.txt.j2",
                 "_data/templates/vi/van-ban.docx", "deadlines/grammar.lark",
                 "migrations/versions/0001_the_first_schema.py", "locale/vi/LC_MESSAGES/kh.mo"):  # fmt: skip
        assert f"engine/{part}" in names


@pytest.mark.slow
def test_the_wheel_does_the_main_job_outside_the_checkout(wheel: Path, tmp_path: Path) -> None:
    run(sys.executable, "-m", "venv", tmp_path / "venv", cwd=tmp_path)
    scripts = tmp_path / "venv" / ("Scripts" if os.name == "nt" else "bin")
    run(scripts / "python", "-m", "pip", "install", "-q", f"{wheel}[demo]", cwd=tmp_path)
    kh, url = scripts / "kh", f"sqlite:///{tmp_path / 'k.db'}"
    plan = "kon-tum-2018-giua-ky"
    assert "started" in run(kh, "start", plan, "--at", "2018-08-01", cwd=tmp_path, KH_DATABASE_URL=url)
    said = run(kh, "status", plan, cwd=tmp_path, KH_DATABASE_URL=url, KH_LANG="vi")
    assert "Sở Lao động - Thương binh và Xã hội" in said
    assert "huyen-tan-hong@" in run(kh, "demo", cwd=tmp_path)
