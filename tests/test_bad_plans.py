"""The corpus of mistakes: each file ends with what `kh check` says of it, word for word, in both languages.

Where a message changes, `REWRITE=1 pytest tests/test_bad_plans.py` writes the new words; read the diff.
"""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ROOT

from engine.checks import check
from engine.codes import RULES
from engine.i18n import in_language
from engine.plan.loader import load

BAD = ROOT / "tests" / "plans" / "bad"
CORPUS = sorted(BAD.glob("*.yaml"))
# What no YAML file can show by itself: the bytes of a file, a folder, the sheer size, a template.
ELSEWHERE = {"KH002", "KH019", "KH025", "KH058", "KH080"}


def said(path: Path) -> Iterator[str]:
    for language in ("en", "vi"):
        with in_language(language):
            for item in check(load(path)):
                file = "" if item.file == str(path) else f"{item.file}:"
                yield f"# {language}: {file}{item.line}:{item.column} {item.code} {item.message}"


@pytest.mark.parametrize("path", CORPUS, ids=lambda path: path.stem)
def test_the_mistake_is_told_word_for_word(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(BAD)
    text = path.read_text("utf-8")
    body = text.partition("\n# en: ")[0].rstrip("\n") + "\n"
    found = [*said(Path(path.name))]
    if os.environ.get("REWRITE"):
        path.write_text("\n".join([body, *found, ""]), encoding="utf-8")
    else:
        assert text == "\n".join([body, *found, ""])
    assert len(found) == 2  # one cause, told once a language


def test_every_code_has_its_file() -> None:
    codes = {line.split(" ")[3] for path in CORPUS for line in path.read_text("utf-8").split("\n") if "# en: " in line}
    assert len(CORPUS) >= 60
    assert codes == RULES.keys() - ELSEWHERE
