"""Files that are handed in: kept once, whole, private; refused in one line; never left behind by a failure."""

import os
import stat
from pathlib import Path
from typing import Any

import pytest
from conftest import Kh
from handing import OUTPUTS, PAPER, STAGE, Begin, refused, task

from engine import files
from engine.errors import BadValue, Unavailable

ONE_OUTPUT = STAGE + OUTPUTS.replace(", {name: Phụ lục}", "")


def kept(tmp_path: Path) -> list[Path]:
    return sorted(path for path in (tmp_path / "kh.db-files").rglob("*") if path.is_file())


def test_a_file_is_kept_once_for_its_owner_alone_and_comes_out_again(
    kh: Kh,
    begin: Begin,
    tmp_path: Path,
) -> None:
    begin(ONE_OUTPUT)
    paper = tmp_path / "Báo cáo số 1.docx"
    paper.write_bytes(b"content" * 1000)
    kh("submit", "x/a/h1", "--at", "2020-03-27", "--file", paper)
    kh("submit", "x/a/h2", "--at", "2020-03-27", "--file", f"bao-cao-tong-ket={paper}", "--file", paper)
    (place,) = kept(tmp_path)
    (first, *_rest) = kh("show", "x/a/h1", "--json").json["hand_ins"]
    assert (first["file"], first["size"]) == ("Báo cáo số 1.docx", 7000)
    assert place == tmp_path / "kh.db-files" / first["sha256"][:2] / first["sha256"][2:]
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [stat.S_IMODE(folder.stat().st_mode) for folder in place.parents[:2]] == [0o700, 0o700]
    for _ in range(2):  # what is there already is not written twice
        assert "saved: out/Báo cáo số 1.docx" in kh("show", "x/a/h2", "--save", "out").out
    (tmp_path / "out" / paper.name).write_bytes(b"mine")
    kh("show", "x/a/h2", "--save", "out")
    assert {path.name: path.read_bytes()[:7] for path in (tmp_path / "out").iterdir()} == {
        "Báo cáo số 1.docx": b"mine", "Báo cáo số 1 (2).docx": b"content",
    }  # fmt: skip
    place.write_bytes(b"forged" + place.read_bytes()[6:])
    ran = kh("show", "x/a/h1", "--save", "out", ok=False)
    assert (ran.code, "is damaged" in ran.err) == (4, True)
    assert "no file was handed in" in refused(kh, "show", "x/a/h3", "--save", "out")


def test_files_are_kept_where_the_settings_say(
    kh: Kh,
    begin: Begin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin(ONE_OUTPUT)
    monkeypatch.setenv("KH_FILES", str(tmp_path / "kho"))
    (tmp_path / "a.txt").write_bytes(b"a")
    kh("submit", "x/a/h1", "--file", tmp_path / "a.txt")
    assert len([path for path in (tmp_path / "kho").rglob("*") if path.is_file()]) == 1
    assert kept(tmp_path) == []


def test_only_whole_regular_files_of_some_size_are_taken(
    kh: Kh,
    begin: Begin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin(ONE_OUTPUT)
    monkeypatch.setenv("KH_FILE_LIMIT", "0.001")
    (tmp_path / "big").write_bytes(b"x" * 1001)
    (tmp_path / "empty").touch()
    (tmp_path / "link").symlink_to(tmp_path / "big")
    (tmp_path / "folder").mkdir()
    os.mkfifo(tmp_path / "pipe")
    said = {"big": "at most 0.001 MB", "empty": "is empty", "link": "is a link", "folder": "no regular file",
            "pipe": "no regular file", "gone": "cannot read", "/dev/zero": "no regular file"}  # fmt: skip
    for name, why in said.items():
        assert why in refused(kh, "submit", "x/a/h1", "--file", name)
    assert not (tmp_path / "kh.db-files").exists()


@pytest.mark.parametrize("change", ["more", "other", "gone"])
def test_a_file_that_changes_while_it_is_read_is_refused(tmp_path: Path, change: str) -> None:
    paper = tmp_path / "a.txt"
    paper.write_bytes(b"first")
    seen = files.look_at(paper, 1000)
    if change == "gone":
        paper.unlink()
    else:
        paper.write_bytes(b"first and more" if change == "more" else b"other")
    with pytest.raises(BadValue, match="cannot read" if change == "gone" else "changed while it was read"):
        files.keep(tmp_path / "kho", seen)
    assert [path for path in (tmp_path / "kho").rglob("*") if path.is_file()] == []


def test_what_fails_or_is_only_tried_leaves_no_file(kh: Kh, begin: Begin, tmp_path: Path) -> None:
    begin(ONE_OUTPUT)
    (tmp_path / "a.txt").write_bytes(b"a")
    (tmp_path / "b.txt").write_bytes(b"b")
    kh("submit", "x/a/h1", "--file", "a.txt", "--dry-run")
    refused(kh, "submit", "x/a/h1", "--file", "a.txt", "--by", "fax")
    refused(kh, "submit", "x/a/h1", "--file", "a.txt", "--file", "none")
    assert not (tmp_path / "kh.db-files").exists()
    kh("submit", "x/a/h1", "--file", "a.txt")
    refused(kh, "submit", "x/a/h1", "--file", "a.txt", "--file", "b.txt")  # handed in already
    assert [path.read_bytes() for path in kept(tmp_path)] == [b"a"]


def test_a_folder_that_cannot_be_written_changes_nothing(
    kh: Kh,
    begin: Begin,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    begin(ONE_OUTPUT)
    (tmp_path / "a.txt").write_bytes(b"a")
    monkeypatch.setenv("KH_FILES", str(tmp_path / "a.txt"))
    ran = kh("submit", "x/a/h1", "--file", "a.txt", ok=False)
    assert (ran.code, len(ran.err.strip().splitlines())) == (4, 1)
    assert task(kh, "x/a/h1")["state"] == "assigned"


def test_which_output_a_file_is_of_is_asked_where_there_are_several(
    kh: Kh,
    begin: Begin,
    tmp_path: Path,
) -> None:
    begin(STAGE + OUTPUTS)
    (tmp_path / "a=b.txt").write_bytes(b"a")
    said = refused(kh, "submit", "x/a/h1", "--file", "a=b.txt", *PAPER, "--at", "2020-03-27")
    assert "write --file NAME=PATH: Báo cáo tổng kết, Phụ lục" in said
    kh("submit", "x/a/h1", "--file", "Phụ lục=a=b.txt", *PAPER, "--at", "2020-03-27")
    rows = kh("show", "x/a/h1", "--json").json["hand_ins"]
    assert [(row["output"], row["file"]) for row in rows if row["file"]] == [("Phụ lục", "a=b.txt")]


@pytest.mark.parametrize(
    ("name", "clean"),
    [
        ("Báo cáo.docx", "Báo cáo.docx"),
        ("../../etc/passwd", "_.._etc_passwd"),
        ("..", "file"),
        ("a\nb\u202etxt.exe", "a b txt.exe"),
        ('c:\\x|y?"*<>.pdf', "c__x_y_____.pdf"),
        ("ế" * 300 + ".pdf", "ế" * 60 + ".pdf"),
        ("." + "x" * 300, "x" * 60),
    ],
)
def test_names_are_harmless(name: str, clean: str) -> None:
    assert files.clean_name(name) == clean
    assert len(clean.encode()) < 255


def test_a_lost_file_is_said_to_be_lost(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="cannot be read"):
        files.save(tmp_path, "0" * 64, "a.txt", tmp_path)


def test_a_file_that_was_cut_short_on_the_disk_is_written_again(tmp_path: Path) -> None:
    paper = tmp_path / "a.txt"
    paper.write_bytes(b"whole")
    seen: Any = files.look_at(paper, 1000)
    files.keep(tmp_path / "kho", seen)
    files.place(tmp_path / "kho", seen.digest).write_bytes(b"who")
    files.keep(tmp_path / "kho", seen)
    assert files.place(tmp_path / "kho", seen.digest).read_bytes() == b"whole"
