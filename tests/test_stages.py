"""What the words of a stage do once a plan runs."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh

Write = Callable[..., Path]
ON = "2020-03-04T08:00"
HEAD = SMALL[: SMALL.index("stages:")]


@pytest.fixture
def begin(kh: Kh, plan_file: Write) -> Callable[[str], None]:
    def start(stages: str, head: str = HEAD, span: str = "2020-03-04 .. 2020-12-31") -> None:
        kh("start", str(plan_file(head.replace("2020-03-04 .. 2020-12-31", span) + stages)), "--id", "x", "--at", ON)

    return start


def rows(kh: Kh, *words: str) -> dict[str, dict[str, Any]]:
    return {row["task"].removeprefix("x/"): row for row in kh("tasks", "x", *words, "--json").json}


def states(kh: Kh) -> dict[str, str]:
    return {task: row["state"] for task, row in rows(kh).items()}


def test_each_joint_except_and_one(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  a: {name: A, clause: "1", responsible: {each: [huyen, so-a], except: h1}}
  b: {name: B, clause: "2", responsible: {joint: [h1, h2]}}
  c: {name: C, clause: "3", responsible: so-a}
""")
    assert set(rows(kh)) == {"a/h2", "a/so-a", "b/h1", "c/so-a"}
    kh("tick", "--at", ON)
    told = {(row["recipient"], item["task"]) for row in kh("notices", "list", "--json").json for item in row["items"]}
    assert {("h1@t.example.vn", "x/b/h1"), ("h2@t.example.vn", "x/b/h1")} <= told


def test_events_prohibitions_ongoing_and_people_without_a_unit(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  hop: {name: Họp, clause: "1", type: event, chair: ubnd, deadline: cuối tháng 4/2020}
  hop-2: {name: Họp, clause: "1", type: event, deadline: ngày 20/4/2020}
  cam: {name: Không họp, clause: "2", type: prohibition, responsible: {each: huyen}}
  tx: {name: Thường xuyên, clause: "3", type: ongoing, responsible: so-a}
  dan: {name: Vận động, clause: "4", soft: true, who: "khóm, ấp"}
""")
    assert states(kh) == {
        "hop/ubnd": "assigned", "hop-2/so-a": "assigned", "tx/so-a": "in_progress", "dan/so-a": "assigned",
    }  # fmt: skip
    assert rows(kh)["tx/so-a"]["timeliness"] == "ongoing"
    assert "Không họp" in kh("status", "x").out
    status = kh("status", "x", "--json").json
    cells = ("done_on_time", "done_late", "open_in_time", "open_overdue", "undated")
    assert sum(status[cell] for cell in cells) == 3  # all but the ongoing one


def test_a_written_date_is_never_silenced_by_what_it_waits_for_but_by_a_strict_gate(
    kh: Kh, begin: Callable[[str], None]
) -> None:
    begin("""stages:
  a: {name: A, clause: "1", responsible: so-a}
  b: {name: B, clause: "2", responsible: so-a, after: [a], deadline: trước ngày 30/4/2020}
  c: {name: C, clause: "3", responsible: so-a, after: [a], deadline: trước ngày 30/4/2020, gate: strict}
  d: {name: D, clause: "4", responsible: so-a, after: [a]}
  e: {name: E, clause: "5", responsible: so-a, after: [a], deadline: kịp thời}
""")
    assert states(kh) == {
        "a/so-a": "assigned", "b/so-a": "assigned", "c/so-a": "waiting", "d/so-a": "waiting", "e/so-a": "waiting",
    }  # fmt: skip
    assert rows(kh)["b/so-a"]["waits_for"] == ["a"]
    kh("submit", "x/b", "--at", "2020-03-10")
    kh("submit", "x/a", "--at", "2020-03-11")
    assert states(kh)["c/so-a"] == states(kh)["d/so-a"] == states(kh)["e/so-a"] == "assigned"


def test_below_same_and_any(kh: Kh, begin: Callable[[str], None]) -> None:
    communes = "".join(
        f"    {unit}: {{name: Xã {unit}, level: commune, parent: {above}}}\n"
        for unit, above in (("x1", "h1"), ("x2", "h1"), ("x3", "h2"))
    )
    head = HEAD.replace("  groups:", f"{communes}  groups:\n    xa: {{level: commune}}")
    begin(
        """stages:
  xa: {name: Xã, clause: "1", responsible: {each: xa}}
  huyen: {name: Huyện, clause: "2", responsible: {each: huyen}, after: [{below: xa}], inferred: 5 ngày sau khi xa}
  lam: {name: Làm, clause: "3", responsible: {each: huyen}, after: [{same: huyen}]}
  mot: {name: Một, clause: "4", responsible: so-a, after: [{any: [huyen, lam]}]}
""",
        head,
    )
    kh("submit", "x/xa/x1", "--at", "2020-03-09")
    assert states(kh)["huyen/h1"] == "waiting"
    kh("submit", "x/xa/x2", "--at", "2020-03-10")
    assert (states(kh)["huyen/h1"], states(kh)["huyen/h2"]) == ("assigned", "waiting")
    assert rows(kh)["huyen/h1"]["last_day"] == "2020-03-16"  # the 15th is a Sunday: the next working day
    kh("submit", "x/huyen/h1", "--at", "2020-03-11")
    assert (states(kh)["lam/h1"], states(kh)["lam/h2"]) == ("assigned", "waiting")
    assert states(kh)["mot/so-a"] == "waiting"
    kh("cancel", "x/xa/x3", "--reason", "xã đã nhập", "--at", "2020-03-12")
    assert states(kh)["huyen/h2"] == "assigned"
    kh("submit", "x/huyen/h2", "--at", "2020-03-13")
    assert states(kh)["mot/so-a"] == "assigned"


@pytest.mark.parametrize(("rule", "enough"), [("all", 2), ("1", 1), ("50%", 1), ("51%", 2)])
def test_complete_when(kh: Kh, begin: Callable[[str], None], rule: str, enough: int) -> None:
    begin(f"""stages:
  a: {{name: A, clause: "1", responsible: {{each: huyen}}, complete_when: {rule}}}
  b: {{name: B, clause: "2", responsible: so-a, after: [a]}}
""")
    kh("submit", "x/a/h1", "--at", "2020-03-10")
    assert states(kh)["b/so-a"] == ("assigned" if enough == 1 else "waiting")
    kh("submit", "x/a/h2", "--at", "2020-03-11")
    assert states(kh)["b/so-a"] == "assigned"


def test_an_exempt_unit_is_not_waited_for(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  a: {name: A, clause: "1", responsible: {each: huyen}}
  b: {name: B, clause: "2", responsible: so-a, after: [a]}
""")
    kh("submit", "x/a/h1", "--at", "2020-03-10")
    kh("exempt", "x/a/h2", "--reason", "không có hộ nghèo", "--at", "2020-03-11")
    assert states(kh) == {"a/h1": "completed", "a/h2": "exempt", "b/so-a": "assigned"}


def test_acceptance(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  a: {name: A, clause: "1", responsible: {each: huyen}, accept_by: parent, deadline: trước ngày 30/3/2020}
  b: {name: B, clause: "2", responsible: so-a, after: [a]}
""")
    kh("submit", "x/a", "--at", "2020-03-29")
    assert states(kh)["a/h1"] == "submitted"
    assert states(kh)["b/so-a"] == "waiting"
    kh("accept", "x/a", "--at", "2020-04-10")
    assert rows(kh)["a/h1"]["timeliness"] == "done_on_time"  # the arrival counts, not the acceptance
    assert states(kh)["b/so-a"] == "assigned"


def test_a_recurring_stage_makes_all_its_periods_and_its_follower_recurs_with_it(
    kh: Kh, begin: Callable[..., None]
) -> None:
    begin(
        """stages:
  nam: {name: Báo cáo năm, clause: "1", responsible: {each: huyen}, deadline: trước ngày 10 tháng 12 hằng năm}
  gop: {name: Tổng hợp, clause: "2", responsible: so-a, after: [nam], inferred: 10 ngày làm việc sau khi nam}
""",
        span="2020-03-04 .. 2022-12-31",
    )
    assert set(rows(kh, "--unit", "h1")) == {"nam/2020/h1", "nam/2021/h1", "nam/2022/h1"}
    assert set(rows(kh, "--unit", "so-a")) == {"gop/2020/so-a", "gop/2021/so-a", "gop/2022/so-a"}
    assert set(states(kh).values()) == {"waiting"}
    kh("tick", "--at", "2020-11-09T08:00")  # 30 days before 9 December 2020
    assert {task for task, state in states(kh).items() if state == "assigned"} == {"nam/2020/h1", "nam/2020/h2"}
    kh("submit", "x/nam/2020", "--at", "2020-12-01")
    assert {task for task, state in states(kh).items() if state == "assigned"} == {"gop/2020/so-a"}
    assert rows(kh)["gop/2020/so-a"]["last_day"] == "2020-12-15"
    kh("submit", "x/nam/2021", "--at", "2021-12-02")  # its period is open by then, with or without a tick
    assert states(kh)["gop/2021/so-a"] == "assigned"
    assert states(kh)["gop/2022/so-a"] == "waiting"


def test_fixing_a_date_moves_what_hangs_on_it(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  hop: {name: Họp, clause: "1", type: event, responsible: so-a, deadline: cuối tháng 4/2020}
  moi: {name: Giấy mời, clause: "2", responsible: so-a, inferred: 5 ngày làm việc trước hop}
  trao: {name: Trao thưởng, clause: "3", type: event, responsible: so-a, deadline: tại hop}
""")
    before = rows(kh)
    assert (before["hop/so-a"]["last_day"], before["hop/so-a"]["timeliness"]) == (None, "date_open")
    assert (before["hop/so-a"]["from"], before["hop/so-a"]["to"]) == ("2020-04-21", "2020-04-30")
    assert before["moi/so-a"]["last_day"] == "2020-04-14"
    late = rows(kh, "--at", "2020-05-20")
    assert late["moi/so-a"]["timeliness"] == "in_time"  # provisional: reminded, never overdue
    kh("fix-date", "x/hop", "2020-04-28", "--at", "2020-04-10", "--doc", "100/TB-UBND, 2020-04-10")
    after = rows(kh, "--at", "2020-05-20")
    assert (after["hop/so-a"]["last_day"], after["hop/so-a"]["approximate"]) == ("2020-04-28", False)
    assert after["hop/so-a"]["timeliness"] == "overdue"
    assert after["moi/so-a"]["last_day"] == "2020-04-21"
    assert after["moi/so-a"]["timeliness"] == "overdue"
    assert after["trao/so-a"]["last_day"] == "2020-04-28"
    assert "moved from 28/04/2020 to 05/05/2020" in kh("fix-date", "x/hop", "2020-05-05", "--at", "2020-04-20").out
    assert kh("log", "x/hop", "--json").json[-1]["data"]["postponement"] is True


def test_people_named_in_the_directory_may_do_their_part_and_no_more(
    kh: Kh, begin: Callable[..., None], monkeypatch: pytest.MonkeyPatch
) -> None:
    head = HEAD.replace("  groups:", "  people: [{user: lan, unit: so-a, may: [coordinate]}, {user: mai, unit: h1},"
                        " {user: duc, unit: ubnd}]\n  groups:")  # fmt: skip
    stages = "stages:\n  a: {name: A, clause: '1', responsible: {each: huyen}, accept_by: ubnd}\n"
    monkeypatch.setenv("KH_USER", "lan")
    begin(stages, head)
    monkeypatch.setenv("KH_USER", "mai")
    kh("submit", "x/a/h1", "--at", "2020-03-10")
    assert "mai may not “submit” x/a/h2" in kh("submit", "x/a/h2", "--at", "2020-03-10", ok=False).err
    assert kh("accept", "x/a/h1", "--at", "2020-03-11", ok=False).code == 1
    monkeypatch.setenv("KH_USER", "duc")
    kh("accept", "x/a/h1", "--at", "2020-03-11")
    monkeypatch.setenv("KH_USER", "stranger")
    assert kh("ack", "x/a/h2", "--at", "2020-03-10", ok=False).code == 1
    assert kh("cancel", "x/a/h2", "--reason", "x", "--at", "2020-03-10", ok=False).code == 1


def test_what_an_undo_closed_opens_again_with_its_notice(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  a: {name: A, clause: "1", responsible: h1}
  b: {name: B, clause: "2", responsible: so-a, after: [a], inferred: 5 ngày làm việc sau khi a}
""")
    kh("submit", "x/a", "--at", "2020-03-10")
    kh("tick", "--at", "2020-03-10T08:00")
    wrong = next(row["entry"] for row in kh("log", "x/a", "--json").json if row["trigger"] == "submit")
    kh("undo", str(wrong), "--reason", "nhầm", "--at", "2020-03-11")
    assert (rows(kh)["b/so-a"]["state"], rows(kh)["b/so-a"]["last_day"]) == ("waiting", None)
    kh("submit", "x/a", "--at", "2020-03-12")
    kh("tick", "--at", "2020-03-12T08:00")
    assert (rows(kh)["b/so-a"]["state"], rows(kh)["b/so-a"]["last_day"]) == ("assigned", "2020-03-19")
    told = [row["date"] for row in kh("notices", "list", "--to", "so-a@t.example.vn", "--json").json]
    assert told == ["2020-03-10", "2020-03-12"]


def test_a_cancelled_duty_comes_back_by_undo_and_finds_its_way_open(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  a: {name: A, clause: "1", responsible: h1}
  b: {name: B, clause: "2", responsible: so-a, after: [a]}
""")
    kh("cancel", "x/b", "--reason", "thừa", "--at", "2020-03-09")
    wrong = kh("log", "x/b", "--json").json[-1]["entry"]
    kh("submit", "x/a", "--at", "2020-03-10")
    kh("undo", str(wrong), "--reason", "vẫn cần", "--at", "2020-03-11")
    assert states(kh) == {"a/h1": "completed", "b/so-a": "assigned"}


def test_a_late_recorded_predecessor_still_opens_with_a_notice(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  a: {name: A, clause: "1", responsible: h1}
  b: {name: B, clause: "2", responsible: so-a, after: [a], gate: strict, opens: 30 ngày trước hạn,
      deadline: trước ngày 30/4/2020}
""")
    kh("tick", "--at", "2020-04-06T08:00")  # its day has come, its predecessor is not done
    assert states(kh)["b/so-a"] == "waiting"
    kh("submit", "x/a", "--at", "2020-04-03")  # told later than it happened
    assert states(kh)["b/so-a"] == "assigned"
    kh("tick", "--at", "2020-04-07T08:00")  # so-a had its message of the 6th already
    assert any(item["rung"] == "opening" and item["task"] == "x/b/so-a"
               for row in kh("notices", "list", "--json").json for item in row["items"])  # fmt: skip


def told(kh: Kh, task: str) -> list[str]:
    return [
        item["rung"] for row in kh("notices", "list", "--json").json for item in row["items"] if item["task"] == task
    ]


PAIR = """stages:
  a: {name: A, clause: "1", responsible: {each: huyen}, deadline: trước ngày 30/4/2020}
  hop: {name: Họp, clause: "2", type: event, responsible: so-a, deadline: cuối tháng 6/2020}
  moi: {name: Mời, clause: "3", responsible: so-a, deadline: 5 ngày làm việc trước hop}
  sau: {name: Sau, clause: "4", responsible: so-a, deadline: 10 ngày sau khi a}
"""


def test_a_date_fixed_before_the_first_tick_keeps_the_opening_notice(kh: Kh, begin: Callable[[str], None]) -> None:
    begin(PAIR)
    kh("fix-date", "x/hop", "2020-06-25", "--at", "2020-03-04T08:10")
    kh("tick", "--at", "2020-03-04T08:30")
    assert told(kh, "x/hop/so-a") == told(kh, "x/moi/so-a") == ["opening"]


def test_a_date_set_by_hand_is_not_moved_by_others(kh: Kh, begin: Callable[[str], None]) -> None:
    begin(PAIR)
    kh("fix-date", "x/moi", "2020-06-09", "--at", "2020-03-05")
    kh("fix-date", "x/hop", "2020-06-25", "--at", "2020-03-06")
    assert rows(kh)["moi/so-a"]["last_day"] == "2020-06-09"
    assert "moved from 09/06/2020 to 10/06/2020" in kh("fix-date", "x/moi", "2020-06-10", "--at", "2020-03-07").out


def test_an_undone_completion_takes_back_the_date_that_hung_on_it(kh: Kh, begin: Callable[[str], None]) -> None:
    begin(PAIR)
    kh("submit", "x/a", "--at", "2020-03-10")
    assert rows(kh)["sau/so-a"]["last_day"] == "2020-03-20"
    kh("undo", str(kh("log", "x/a/h1", "--json").json[-1]["entry"]), "--reason", "nhầm")
    assert rows(kh)["sau/so-a"]["last_day"] is None
    kh("submit", "x/a/h1", "--at", kh("log", "x/a/h1", "--json").json[-1]["happened_at"])
    assert rows(kh)["sau/so-a"]["last_day"] not in (None, "2020-03-20")


def test_a_return_can_be_undone_and_counts_again(kh: Kh, begin: Callable[[str], None]) -> None:
    begin(PAIR.replace("  hop:", '  b: {name: B, clause: "5", responsible: so-a, after: [a]}\n  hop:'))
    kh("submit", "x/a/h1", "--at", "2020-03-10")
    kh("tick", "--at", "2020-03-10T08:00")
    kh("return", "x/a/h1", "--reason", "thiếu", "--at", "2020-03-11")
    kh("submit", "x/a/h2", "--at", "2020-03-12")
    entry = next(row["entry"] for row in kh("log", "x/a/h1", "--json").json if row["trigger"] == "return")
    kh("undo", str(entry), "--reason", "trả nhầm")
    assert (states(kh)["a/h1"], states(kh)["b/so-a"]) == ("completed", "assigned")


def test_a_return_does_not_replay_what_passed_while_the_task_was_done(kh: Kh, begin: Callable[[str], None]) -> None:
    begin(PAIR)
    kh("submit", "x/a", "--at", "2020-03-10")
    kh("tick", "--at", "2020-05-25T08:00")
    kh("return", "x/a/h1", "--reason", "sai số liệu", "--at", "2020-05-25T09:00")
    kh("tick", "--at", "2020-05-26T08:00")
    assert told(kh, "x/a/h1") == []
    assert "lies before the return" in kh("return", "x/a/h2", "--reason", "x", "--new-date", "2020-05-01",
                                          "--at", "2020-05-25", ok=False).err  # fmt: skip


def test_what_waits_for_nothing_opens_at_the_start(kh: Kh, begin: Callable[[str], None]) -> None:
    begin("""stages:
  mot: {name: Một, clause: "1", responsible: h1}
  chung: {name: Chung, clause: "2", responsible: {joint: [h1, h2]}}
  a: {name: A, clause: "3", responsible: {each: huyen}, after: [{same: mot}]}
  b: {name: B, clause: "4", responsible: {each: huyen}, after: [{same: chung}]}
  c: {name: C, clause: "5", responsible: {each: huyen}, after: [{below: mot}]}
  tx: {name: Thường xuyên, clause: "6", type: ongoing, responsible: so-a, after: [mot]}
""")
    found = states(kh)
    assert (found["a/h1"], found["a/h2"]) == ("waiting", "assigned")
    assert (found["b/h1"], found["b/h2"]) == ("waiting", "waiting")
    assert (found["c/h1"], found["tx/so-a"]) == ("assigned", "waiting")
    kh("submit", "x/chung", "--at", "2020-03-05")
    kh("submit", "x/mot", "--at", "2020-03-06")
    found = states(kh)
    assert found["b/h1"] == found["b/h2"] == "assigned"
    assert found["tx/so-a"] == "in_progress"


def test_a_hand_in_on_time_is_not_overdue_while_it_waits_to_be_accepted(kh: Kh, begin: Callable[[str], None]) -> None:
    begin(PAIR.replace("deadline: trước ngày 30/4/2020", "deadline: trước ngày 30/4/2020, accept_by: so-a"))
    kh("submit", "x/a", "--at", "2020-04-20")
    seen = rows(kh, "--at", "2020-05-20")["a/h1"]
    assert (seen["timeliness"], seen["days_late"]) == ("in_time", 0)
    assert "a/h1" not in rows(kh, "--overdue", "--at", "2020-05-20")


def test_two_provinces_do_not_share_a_register(kh: Kh, plan_file: Write) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", ON)
    other = plan_file(SMALL.replace("name: UBND tỉnh", "name: UBND tỉnh khác"))
    assert "the register has another directory" in kh("start", str(other), "--id", "y", "--at", ON, ok=False).err


def test_arrivals_of_the_past_open_what_follows_in_the_past(kh: Kh, begin: Callable[[str], None],
                                                            tmp_path: Path) -> None:  # fmt: skip
    begin(PAIR.replace("  hop:", '  b: {name: B, clause: "5", responsible: so-a, after: [a]}\n  hop:'))
    table = tmp_path / "den.csv"
    table.write_text("h1,1/BC,2020-03-03,2020-03-04\nh2,2/BC,2020-03-19,2020-03-20\n", encoding="utf-8")
    kh("submit", "x/a", "--from", str(table))
    kh("ack", "x/b", "--at", "2020-03-21")
    table.write_text("", encoding="utf-8")
    assert "names no unit" in kh("submit", "x", "--from", str(table), ok=False).err


def test_a_far_future_tick_by_mistake_does_not_silence_the_clock(kh: Kh, begin: Callable[[str], None],
                                                                 freezer: Any) -> None:  # fmt: skip
    freezer.move_to("2020-03-04T01:30:00Z")
    begin(PAIR)
    kh("tick", "--at", "2032-03-04T08:00")
    assert "Nothing done" in kh("tick", "--at", "2020-03-05T08:00").out
    assert "PROBLEM: the last tick was made for a time to come" in kh("doctor", ok=False).out
    kh("start", "gia-lai-2023-so-ket", "--at", "2020-03-04T08:10", "--id", "y")
    assert "composed 0" not in kh("tick").out


def test_a_ladder_that_repeats_every_zero_days_is_refused(kh: Kh, plan_file: Write) -> None:
    text = SMALL + ("ladders:\n  r:\n    - {severity: 0, when: ngày hạn, to: so-a, template: nhac-viec,"
                    " repeat: {every: 0 ngày}}\n")  # fmt: skip
    ran = kh("check", str(plan_file(text)), ok=False)
    assert (ran.code, "at least one day apart" in ran.out) == (1, True)
