"""Quotas: one too many is refused with the list of what is there; nominations are only warned of."""

import pytest
from conftest import Kh
from handing import Begin, entry, refused

PLAN = """
stages:
  de-xuat: {name: Đề xuất, clause: "1", responsible: {each: huyen}, submit_to: so-a}
  quyet-dinh:
    name: Quyết định khen thưởng
    clause: "2"
    responsible: {each: [ubnd, so-a]}
    outputs: [{name: Quyết định, kind: decision}]
  khac: {name: Việc khác, clause: "3", responsible: so-a}
quotas:
  bang-khen: {stage: quyet-dinh, nomination: de-xuat, collective: 5, individual: 10}
  phong-trao: {stage: quyet-dinh, collective: 10, individual: 20}
"""


def counted(kh: Kh, quota: str = "bang-khen") -> tuple[int, int]:
    found = kh("status", "x", "--json").json["quotas"][quota]["decided"]
    return found["collective"], found["individual"]


def test_one_too_many_is_refused_with_what_is_there(kh: Kh, begin: Begin) -> None:
    begin(PLAN)
    kh("submit", "x/quyet-dinh/ubnd", "--count", "bang-khen=3+10", "--count", "phong-trao=10+20",
       "--doc", "3/QĐ-UBND, 2020-04-01", "--at", "2020-04-02")  # fmt: skip
    said = refused(kh, "submit", "x/quyet-dinh/so-a", "--count", "bang-khen=2+1")
    assert "quota bang-khen: 5+10 (collectives + individuals); with this there would be 5+11" in said
    assert "x/quyet-dinh/ubnd 3+10 (3/QĐ-UBND, 2020-04-01); x/quyet-dinh/so-a 2+1" in said
    refused(kh, "submit", "x/quyet-dinh/so-a", "--count", "bang-khen=3+0")
    kh("submit", "x/quyet-dinh/so-a", "--count", "bang-khen=2+0")
    assert (counted(kh), counted(kh, "phong-trao")) == ((5, 10), (10, 20))
    assert "Hạn mức bang-khen (tập thể + cá nhân): đã quyết định 5+10 trên 5+10; đề nghị 0+0" in (
        kh("--lang", "vi", "status", "x").out
    )
    assert kh("show", "x", "--json").json["quotas"]["phong-trao"]["limit"] == {"collective": 10, "individual": 20}


def test_without_a_count_nothing_is_counted(kh: Kh, begin: Begin) -> None:
    begin(PLAN)
    kh("submit", "x/quyet-dinh")
    assert counted(kh) == (0, 0)


def test_nominations_above_the_quota_are_only_warned_of(kh: Kh, begin: Begin) -> None:
    begin(PLAN)
    assert kh("submit", "x/de-xuat/h1", "--count", "bang-khen=5+3").err == ""
    warned = kh("submit", "x/de-xuat/{h2,h3}", "--count", "bang-khen=1+0").err
    assert warned == "warning: quota bang-khen: 5+10 (collectives + individuals); 7+3 are nominated so far\n"
    assert kh("status", "x", "--json").json["quotas"]["bang-khen"]["nominated"] == {"collective": 7, "individual": 3}
    assert counted(kh) == (0, 0)


@pytest.mark.parametrize("count", ["phong-trao=1+1", "bang-khen=1+1"])
def test_only_those_who_decide_or_nominate_are_counted(kh: Kh, begin: Begin, count: str) -> None:
    begin(PLAN)
    said = refused(kh, "submit", "x/khac/so-a", "--count", count)
    assert "is counted at quyet-dinh" in said


def test_what_is_returned_or_undone_frees_the_quota_and_takes_it_back_only_if_there_is_room(
    kh: Kh,
    begin: Begin,
) -> None:
    begin(PLAN)
    kh("submit", "x/quyet-dinh/ubnd", "--count", "bang-khen=5+10")
    kh("return", "x/quyet-dinh/ubnd", "--reason", "sai tên")
    returned = entry(kh, "return")
    kh("submit", "x/quyet-dinh/so-a", "--count", "bang-khen=5+10")
    said = refused(kh, "undo", returned, "--reason", "trả nhầm")
    assert "with this there would be 10+20" in said
    kh("undo", entry(kh, "submit"), "--reason", "ghi nhầm")
    assert counted(kh) == (0, 0)
    kh("undo", returned, "--reason", "trả nhầm")
    assert counted(kh) == (5, 10)
