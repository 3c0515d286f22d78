"""A plan that was lived through for six weeks: on time, late, silent, with more time, with a call."""

from collections.abc import Callable
from pathlib import Path

from conftest import SMALL, Kh

PLAN = SMALL.replace(
    "  groups:\n",
    """    h3:
      {name: Huyện Ba, level: district, parent: ubnd, head: {name: Lê Văn C},
       contact: {email: h3@t.example.vn, phone: 0277 3851 111}}
    h4: {name: Huyện Bốn, level: district, parent: ubnd, contact: {email: h4@t.example.vn}}
    x1: {name: Xã Một, level: commune, parent: h1, contact: {email: x1@t.example.vn}}
    x2: {name: Xã Hai, level: commune, parent: h1, contact: {email: x2@t.example.vn}}
  groups:
    xa: {level: commune}
""",
) + """
  so-lieu:
    name: Gửi số liệu
    clause: I.3
    responsible: {each: xa}
    submit_to: so-a
    deadline: trước ngày 20/4/2020
    outputs: [{name: Bảng số liệu, kind: data, form: [văn bản, tệp]}]
  hoi-nghi:
    name: Hội nghị
    clause: II
    type: event
    deadline: cuối tháng 5/2020
    chair: ubnd
  thuong-xuyen:
    name: Tuyên truyền
    clause: III
    type: ongoing
    responsible: so-a
questions: [{id: q1, clause: II.2, text: Họp ngày nào?}]
"""  # fmt: skip
AS_OF = "2020-04-10T09:00"
# On 10 April: h1 on time, h2 late, h3 silent and chased, h4 with more time to the 20th.
CELLS = {"done_on_time": 1, "done_late": 1, "open_in_time": 3, "open_overdue": 1, "undated": 2}


def live(kh: Kh, plan_file: Callable[..., Path], name: str = "dt", text: str = PLAN) -> Kh:
    """By the command line alone; whether its notices go out depends on the test's mail server."""
    kh("start", plan_file(text, f"{name}.yaml"), "--id", name, "--at", "2020-03-04T08:00")
    kh("ack", f"{name}/bao-cao/h1", "--at", "2020-03-05")
    kh("submit", f"{name}/bao-cao/h1", "--at", "2020-03-27", "--doc", "12/BC-UBND, 2020-03-26")
    kh("extend", "request", f"{name}/bao-cao/h4", "--until", "2020-04-25", "--doc", "7/UBND, 2020-03-20",
       "--reason", "bão lũ", "--at", "2020-03-20")  # fmt: skip
    kh("extend", "grant", f"{name}/bao-cao/h4", "--until", "2020-04-20", "--doc", "9/TB, 2020-03-23",
       "--at", "2020-03-23")  # fmt: skip
    for morning in ("2020-03-31", "2020-04-03", "2020-04-07"):
        kh("tick", "--at", f"{morning}T08:00")
        if morning == "2020-03-31":
            kh("submit", f"{name}/bao-cao/h2", "--at", "2020-04-01", "--doc", "15/BC-UBND, 2020-04-01")
    kh("note", f"{name}/bao-cao/h3", "chị Lan hẹn thứ Sáu", "--at", "2020-04-08T09:00")
    return kh
