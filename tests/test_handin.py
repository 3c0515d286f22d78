"""Handing in: each output in each form, with its paper; what is owed; what a return and an undoing make of it."""

import sys
import unicodedata
from datetime import UTC, datetime
from io import StringIO
from pathlib import Path

import pytest
from conftest import Kh
from handing import HEAD, OUTPUTS, PAPER, REQUIRED, STAGE, Begin, entry, pieces, refused, stage, task

from engine import handins
from engine.commands.output import watched
from engine.db import reading
from engine.office import Office


def test_a_plain_submit_is_everything_in_every_form(kh: Kh, begin: Begin) -> None:
    begin(STAGE + OUTPUTS)
    kh("submit", "x/a/h1", "--at", "2020-03-27", *PAPER)
    found = task(kh, "x/a/h1")
    assert (found["state"], found["missing"]) == ("completed", [])
    assert [(row["output"], row["form"], row["count"], row["doc"]) for row in found["received"]] == [
        ("Báo cáo tổng kết", "công văn", 2, PAPER[1]),
        ("Báo cáo tổng kết", "tệp", 2, PAPER[1]),
        ("Phụ lục", None, 1, PAPER[1]),
    ]
    begun = stage(kh)
    assert (begun["received"], begun["active"], begun["missing"]) == (1, 4, ["h2", "h3", "h4"])


def test_a_stage_without_outputs_is_handed_in_as_a_whole(kh: Kh, begin: Begin, office: Office) -> None:
    begin(STAGE)
    kh("submit", "x/a", "--at", "2020-03-27")
    with reading(office.engine) as connection:
        rows = [row for some in handins.valid_at(connection, 1, datetime.now(UTC)).values() for row in some]
    assert [(row.output, row.form, row.pieces) for row in rows] == [("", "", 1)] * 4
    assert task(kh, "x/a/h1")["missing"] == []


@pytest.mark.parametrize("by", ["công văn", "CÔNG VĂN", "cong-van", unicodedata.normalize("NFD", "công văn")])
def test_what_comes_in_one_form_is_kept_apart(kh: Kh, begin: Begin, by: str) -> None:
    begin(STAGE + OUTPUTS.replace(", {name: Phụ lục}", ""))
    said = kh("submit", "x/a", "--except", "h4", "--by", by, "--at", "2020-03-27", *PAPER).out
    assert "x/a/h1: a part came; still missing: Báo cáo tổng kết (tệp)" in said
    found = task(kh, "x/a/h1")
    assert (found["state"], pieces(found["missing"])) == ("assigned", [("Báo cáo tổng kết", "tệp")])
    assert pieces(found["received"]) == [("Báo cáo tổng kết", "công văn")]
    seen = kh("--lang", "vi", "status", "x").out
    assert "a: đã nhận 3/4 bằng công văn, còn thiếu: Huyện Bốn" in seen
    assert "a: đã nhận 0/4 bằng tệp, còn thiếu: Huyện Một; Huyện Hai; Huyện Ba; Huyện Bốn" in seen
    assert {row["form"]: row["missing"] for row in stage(kh)["forms"]} == {
        "công văn": ["h4"], "tệp": ["h1", "h2", "h3", "h4"],
    }  # fmt: skip
    story = [(row["trigger"], row["before"], row["after"], row["doc"]) for row in kh("log", "x", "--json").json]
    assert story[-1] == ("arrival", "assigned", "assigned", PAPER[1])


def test_the_last_piece_submits_and_its_arrival_counts(kh: Kh, begin: Begin) -> None:
    begin(STAGE + OUTPUTS.replace(", {name: Phụ lục}", ""))
    kh("submit", "x/a", "--by", "công văn", "--at", "2020-03-27", *PAPER)
    kh("submit", "x/a/h1", "--by", "tệp", "--at", "2020-03-28")
    kh("submit", "x/a/h2", "--at", "2020-04-02")  # the rest of it, whatever is still missing
    on_time, late, still_owed = (task(kh, f"x/a/{unit}") for unit in ("h1", "h2", "h3"))
    assert (on_time["timeliness"], on_time["submitted_at"]) == ("done_on_time", "2020-03-28T00:30:00+00:00")
    assert (late["timeliness"], late["days_late"], len(late["received"])) == ("done_late", 4, 2)
    assert still_owed["timeliness"] == "overdue"
    assert "a: received 2/4, still missing: Huyện Ba; Huyện Bốn" in kh("status", "x").out
    assert "a: received 4/4 by công văn\n" in kh("status", "x").out


def test_a_unit_that_still_owes_a_form_is_chased(kh: Kh, begin: Begin) -> None:
    begin(STAGE + OUTPUTS)
    kh("submit", "x/a/h1", "--by", "tệp", "--at", "2020-03-27")
    kh("submit", "x/a/h2", "--at", "2020-03-27")
    kh("tick")
    chased = {item["task"] for row in kh("notices", "list", "--json").json for item in row["items"] if row["severity"]}
    assert chased == {"x/a/h1", "x/a/h3", "x/a/h4"}


def test_the_recipient_reads_what_has_arrived_accepted_or_not(kh: Kh, begin: Begin) -> None:
    begin(STAGE.replace("so-a\n", "so-a\n    accept_by: so-a\n", 1))
    kh("submit", "x/a/{h1,h2}", "--at", "2020-03-27")
    kh("accept", "x/a/h1", "--at", "2020-03-27")
    kh("tick", "--at", "2020-03-30T08:00")
    (message,) = [row for row in kh("notices", "list", "--json").json if row["template"] == "tiep-nhan"]
    said = kh("notices", "show", message["id"]).out
    assert "Đã nhận 2/4: Huyện Một; Huyện Hai." in said
    assert said.split("Chưa nhận:")[1].split("\n")[1:3] == ["- Huyện Ba", "- Huyện Bốn"]


def test_outputs_come_one_by_one_with_their_number(kh: Kh, begin: Begin) -> None:
    begin(STAGE + OUTPUTS)
    kh("submit", "x/a/h1", "--output", "báo cáo tổng kết=1", "--at", "2020-03-25")
    assert pieces(task(kh, "x/a/h1")["missing"]) == [("Phụ lục", None)]
    assert {row["count"] for row in task(kh, "x/a/h1")["received"]} == {1}
    kh("submit", "x/a/h1", "--output", "phu-luc", "--at", "2020-03-27")
    assert task(kh, "x/a/h1")["state"] == "completed"


def test_a_required_output_needs_a_paper_or_a_file(kh: Kh, begin: Begin, tmp_path: Path) -> None:
    begin(STAGE + REQUIRED)
    (tmp_path / "bc.docx").write_bytes(b"PK")
    for doc in ((), ("--doc", "12/BC-UBND"), ("--doc", "2020-03-26")):
        said = refused(kh, "submit", "x/a/h1", "--at", "2020-03-27", *doc)
        assert "x/a/h1: Báo cáo tổng kết needs number and date of its paper" in said
    kh("submit", "x/a/h1", "--at", "2020-03-27", *PAPER)
    kh("submit", "x/a/h2", "--at", "2020-03-27", "--doc", "12/BC-UBND ngày 26/3/2020")
    kh("submit", "x/a/h3", "--at", "2020-03-27", "--file", f"Báo cáo tổng kết={tmp_path / 'bc.docx'}")
    assert stage(kh)["missing"] == ["h4"]
    every = refused(kh, "submit", "x/a/h4", "--output", "báo cáo tổng kết=1", *PAPER)
    assert "x/a/h4: Báo cáo tổng kết: only 1 of 2" in every


def test_the_paper_may_have_come_with_another_form(kh: Kh, begin: Begin) -> None:
    begin(STAGE + REQUIRED)
    kh("submit", "x/a/h1", "--by", "công văn", "--at", "2020-03-27", *PAPER)
    kh("submit", "x/a/h1", "--by", "tệp", "--at", "2020-03-28")
    assert task(kh, "x/a/h1")["state"] == "completed"
    kh("submit", "x/a/h2", "--by", "tệp", "--at", "2020-03-28")
    assert "h2: Báo cáo tổng kết needs" in refused(kh, "submit", "x/a/h2", "--by", "công văn")


def test_all_that_is_missing_is_said_at_once(kh: Kh, begin: Begin) -> None:
    begin(STAGE + REQUIRED.replace("{name: Phụ lục}", "{name: Phụ lục, required: true}"))
    said = refused(kh, "submit", "x/a", "--at", "2020-03-27")
    assert "x/a/h1: Báo cáo tổng kết" in said
    assert "x/a/h1: Phụ lục" in said
    assert said.strip().endswith("and 3 more")


def test_a_task_waits_for_its_required_outputs_and_takes_the_others_later(kh: Kh, begin: Begin) -> None:
    begin(STAGE + REQUIRED)
    kh("submit", "x/a/h1", "--output", "Báo cáo tổng kết", "--at", "2020-03-27", *PAPER)
    assert task(kh, "x/a/h1")["state"] == "completed"
    kh("submit", "x/a/h1", "--output", "Phụ lục", "--at", "2020-04-02")
    found = task(kh, "x/a/h1")
    assert (found["timeliness"], pieces(found["received"])[-1]) == ("done_on_time", ("Phụ lục", None))
    assert "Phụ lục came already" in refused(kh, "submit", "x/a/h1", "--output", "Phụ lục")
    assert "not allowed" in refused(kh, "submit", "x/a/h1", *PAPER)


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("--by", "fax"), "form not found: fax (x/a/h1)"),
        (("--output", "Báo cáo tổng kêt"), "(did you mean Báo cáo tổng kết?)"),
        (("--output", "Phụ lục=0"), "output not found: Phụ lục=0 (x/a/h1)"),
        (("--output", "Phụ lục", "--by", "tệp"), "form not found: tệp (x/a/h1)"),
        (("--doc", "12/BC, 2020-03-28"), "the paper is dated 28/03/2020, after its arrival on 27/03/2020"),
        (("--doc", "12/BC, 2020-02-30"), "there is no such day"),
        (("--count", "b=1+1"), "quota not found: b"),
        (("--count", "b=1"), "QUOTA=COLLECTIVES+INDIVIDUALS"),
        (("--file", "none.docx"), "cannot read none.docx"),
        (("--file", "nothing=none.docx"), "cannot read none.docx"),
    ],
)
def test_what_the_plan_does_not_take_is_one_line(kh: Kh, begin: Begin, words: tuple[str, ...], said: str) -> None:
    begin(STAGE + OUTPUTS)
    assert said in refused(kh, "submit", "x/a/h1", "--at", "2020-03-27", *words)


def test_the_same_piece_comes_once(kh: Kh, begin: Begin) -> None:
    begin(STAGE + OUTPUTS)
    kh("submit", "x/a/h1", "--by", "tệp", "--at", "2020-03-27")
    assert "Báo cáo tổng kết (tệp) came already" in refused(kh, "submit", "x/a", "--by", "tệp")


# ---- Returned, undone, late -----------------------------------------------------------------------------------------


def counting(kh: Kh, name: str) -> list[bool]:
    """Of all that was ever handed in: does it count now?"""
    return [row["void_at"] is None for row in kh("show", name, "--json").json["hand_ins"]]


def test_a_return_begins_a_new_round_and_its_last_arrival_counts(kh: Kh, begin: Begin) -> None:
    begin(STAGE.replace("so-a\n", "so-a\n    accept_by: so-a\n", 1) + OUTPUTS)
    kh("submit", "x/a/h1", "--at", "2020-03-27", *PAPER)
    assert (stage(kh)["received"], stage(kh)["done"], stage(kh)["missing"]) == (1, 0, ["h2", "h3", "h4"])
    kh("return", "x/a/h1", "--reason", "thiếu biểu", "--new-date", "2020-04-03", "--at", "2020-03-31")
    assert counting(kh, "x/a/h1") == [False] * 3
    assert len(task(kh, "x/a/h1")["missing"]) == 3
    kh("submit", "x/a/h1", "--by", "công văn", "--at", "2020-04-02", *PAPER)
    kh("submit", "x/a/h1", "--at", "2020-04-06")
    kh("accept", "x/a/h1", "--at", "2020-04-08")
    found = task(kh, "x/a/h1")
    assert (found["timeliness"], found["days_late"], found["last_day"]) == ("done_late", 3, "2020-04-03")
    assert counting(kh, "x/a/h1") == [False] * 3 + [True] * 3


def test_what_is_undone_counts_no_more_and_what_was_returned_counts_again(kh: Kh, begin: Begin) -> None:
    begin(STAGE + OUTPUTS)
    kh("submit", "x/a/h1", "--by", "tệp", "--at", "2020-03-27")
    kh("submit", "x/a/h1", "--at", "2020-03-27")
    kh("undo", entry(kh, "submit"), "--reason", "ghi nhầm")
    assert counting(kh, "x/a/h1") == [True, False, False]
    assert pieces(task(kh, "x/a/h1")["missing"]) == [("Báo cáo tổng kết", "công văn"), ("Phụ lục", None)]
    kh("submit", "x/a/h1")
    kh("return", "x/a/h1", "--reason", "sai")
    assert counting(kh, "x/a/h1") == [False] * 5
    kh("undo", entry(kh, "return"), "--reason", "trả nhầm")
    assert counting(kh, "x/a/h1") == [True, False, False, True, True]
    assert task(kh, "x/a/h1")["state"] == "completed"


def test_an_arrival_can_be_undone(kh: Kh, begin: Begin) -> None:
    begin(STAGE + OUTPUTS)
    kh("submit", "x/a/h1", "--by", "tệp", "--at", "2020-03-27")
    kh("undo", entry(kh, "arrival"), "--reason", "ghi nhầm")
    assert (task(kh, "x/a/h1")["received"], task(kh, "x/a/h1")["state"]) == ([], "assigned")


@pytest.mark.parametrize(("rule", "dropped", "enough"), [("all", 1, 3), ("2", 0, 2), ("3", 2, 2), ("50%", 1, 2)])
def test_a_stage_is_reached_without_those_who_need_not_and_still_takes_the_late(
    kh: Kh, begin: Begin, rule: str, dropped: int, enough: int
) -> None:
    follower = "  b: {name: B, clause: '2', responsible: so-a, after: [a]}\n"
    begin(STAGE + f"    complete_when: {rule}\n" + follower)
    for unit in ("h4", "h3")[:dropped]:
        kh("exempt", f"x/a/{unit}", "--reason", "không thuộc diện", "--at", "2020-03-10")
    for number, unit in enumerate(("h1", "h2", "h3")[:enough], start=1):
        assert task(kh, "x/b/so-a")["state"] == "waiting"
        kh("submit", f"x/a/{unit}", "--at", f"2020-03-2{number}")
    assert task(kh, "x/b/so-a")["state"] == "assigned"
    assert (stage(kh)["received"], stage(kh)["active"], stage(kh)["needed"]) == (enough, 4 - dropped, enough)
    if late := stage(kh)["missing"]:
        kh("submit", f"x/a/{late[0]}", "--at", "2020-04-02")
        found = task(kh, f"x/a/{late[0]}")
        assert (found["timeliness"], found["days_late"]) == ("done_late", 4)


def test_nobody_to_hand_in_is_an_error_at_the_start(kh: Kh, tmp_path: Path) -> None:
    (tmp_path / "p.yaml").write_text(
        HEAD.replace("huyen: {level: district}", "huyen: {level: village}") + STAGE, "utf-8"
    )
    ran = kh("start", tmp_path / "p.yaml", ok=False)
    assert (ran.code, "KH034" in ran.err) == (1, True)
    assert kh("list", "--json").json == []


# ---- A whole morning's arrivals -------------------------------------------------------------------------------------


def test_a_table_of_arrivals_in_one_form_but_for_some(kh: Kh, begin: Begin, tmp_path: Path) -> None:
    begin(STAGE + OUTPUTS)
    table = tmp_path / "sang-nay.csv"
    table.write_text(
        "unit,number,paper,arrival\nh1,1/BC,2020-03-25,2020-03-26\nh2,2/BC,2020-03-26,2020-03-27T09:00\n", "utf-8"
    )
    words = ("submit", "x/a", "--from", str(table), "--by", "công văn")
    assert "2 tasks would change" in kh(*words, "--dry-run").out
    assert task(kh, "x/a/h1")["received"] == []
    kh(*words)
    got = [(row["doc"], row["arrived_at"]) for unit in ("h1", "h2") for row in task(kh, f"x/a/{unit}")["received"]]
    assert got == [("1/BC, 2020-03-25", "2020-03-26T00:30:00+00:00"), ("2/BC, 2020-03-26", "2020-03-27T02:00:00+00:00")]
    kh("submit", "x/a", "--except", "h1", "--except", "h4", "--at", "2020-03-28")
    assert stage(kh)["missing"] == ["h1", "h4"]
    table.write_text("h1,1/BC,2020-03-25,2020-03-26\nh4,2/BC,2020-03-30,2020-03-27\n", "utf-8")
    assert "x/a/h4: the paper is dated" in refused(kh, "submit", "x/a", "--from", str(table))


def test_a_bar_is_drawn_for_many_and_on_a_terminal_only(monkeypatch: pytest.MonkeyPatch) -> None:
    class Terminal(StringIO):
        def isatty(self) -> bool:
            return True

    def drawn(screen: StringIO, tasks: int) -> str:
        monkeypatch.setattr(sys, "stderr", screen)
        batches = [range(100)] * (tasks // 100)
        assert list(watched(batches)) == batches
        return screen.getvalue()

    monkeypatch.setenv("TERM", "xterm")
    assert "Tasks" in drawn(Terminal(), 300)
    assert drawn(Terminal(), 100) == ""
    assert drawn(StringIO(), 300) == ""


def test_a_plan_with_required_outputs_is_simulated(kh: Kh, begin: Begin, tmp_path: Path) -> None:
    begin(STAGE + REQUIRED)
    rows = kh("simulate", tmp_path / "p.yaml", "--at", "2020-03-04", "--assume", "on-time", "--json").json
    assert rows
    assert not [row for row in rows if row["severity"]]
