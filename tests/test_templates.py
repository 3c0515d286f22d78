"""Templates: plain data, a sandbox, an end; and a notice that goes out whatever a template does."""

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Kh, Mailbox, text_of

from engine.notices import Notice, render_notice
from engine.sections import Line, Section
from engine.templates import header_text

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

ON = "2020-03-04T08:00"
LINE = Line("Huyện Một", "x/bao-cao/h1", "", "trước ngày 30/3/2020", date(2020, 3, 29), None, None, None, "", 0)
SECTION = Section("nhac-viec", "Nhắc việc", 0, False, False,
                  {"number": "1/KH", "title": "K", "issued": None, "issuer": "UBND"},
                  {"name": "Báo cáo", "clause": "I", "submit_to": (), "inferred": False},
                  (LINE,), (), 0, 1)  # fmt: skip
NOTICE = Notice(("Huyện Một",), (SECTION,), "vi", "Sở A", "so-a@t.example.vn", date(2020, 3, 4))


@pytest.fixture
def own(tmp_path: Path) -> Callable[..., Path]:
    def write(text: str, name: str = "nhac-viec.txt.j2") -> Path:
        path = tmp_path / "own" / "vi" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return tmp_path / "own"

    return write


def test_an_office_s_own_template_takes_the_place_of_a_shipped_one(own: Callable[..., Path]) -> None:
    rendered = render_notice(
        NOTICE, own("Trân trọng nhắc {{ section.lines[0].unit }}: {{ section.lines[0].last_day|day }}")
    )
    assert "Trân trọng nhắc Huyện Một: 29/03/2020" in rendered.body
    assert "Trân trọng nhắc Huyện Một: 29/03/2020" in rendered.html
    assert not rendered.failures


FAULTY = {
    "a name that is not there": ("{{ sektion.lines }}", "'sektion' is undefined"),
    "bad syntax": ("{% for %}", "TemplateSyntaxError"),
    "a division": ("{{ 1 / 0 }}", "ZeroDivisionError"),
    "a way out of the sandbox": ("{{ ''.__class__.__mro__ }}", "unsafe"),
    "a mutation": ("{% do sections.append(1) %}{{ sections.clear() }}", ""),
    "loops without output": ("{% for a in range(9999) %}{% for b in range(9999) %}{% endfor %}{% endfor %}", "end"),
    "loops with output": ("{% for a in range(9999) %}{% for b in range(9999) %}xxxxx{% endfor %}{% endfor %}", "end"),
    "a recursion that branches": (
        "{% macro f(n) %}{% if n %}{{ f(n - 1) }}{{ f(n - 1) }}{% endif %}{% endmacro %}{{ f(60) }}", "end"),
    "a recursive loop": (
        "{% for x in [1, 2] recursive %}{% if loop.depth < 60 %}{{ loop([1, 2]) }}{% endif %}{% endfor %}", "end"),
    "a recursion without end": ("{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}", "RecursionError"),
    "a long text": ("{{ 'x' * 10000000000 }}", "end"),
    "a great number": ("{{ 10 ** 10000000000 }}", "end"),
    "a wide format": ("{{ '{:>9999999999}'.format(1) }}", "end"),
    "an old wide format": ("{{ '%9999999999d' % 1 }}", "end"),
    "a wide text": ("{{ 'x'.ljust(9999999999) }}", "end"),
}  # fmt: skip


@pytest.mark.parametrize(("text", "why"), FAULTY.values(), ids=FAULTY.keys())
def test_a_faulty_template_gives_way_to_the_shipped_one(own: Callable[..., Path], text: str, why: str) -> None:
    rendered = render_notice(NOTICE, own(text))
    plain = render_notice(NOTICE)
    assert replace(rendered, failures=frozenset()) == plain
    (failure,) = rendered.failures
    assert why in failure


def test_where_no_template_will_do_the_facts_go_out() -> None:
    broken = replace(NOTICE, sections=(replace(SECTION, template="khong-co"),))
    rendered = render_notice(broken)
    assert rendered.subject == "[1/KH] Nhắc việc: Báo cáo"
    for part in ("Kính gửi: Huyện Một", "Báo cáo", "29/03/2020", "Sở A"):
        assert part in rendered.body
    assert len(rendered.failures) == 1


def test_html_of_a_plan_is_text_to_a_reader() -> None:
    stage: dict[str, Any] = {**SECTION.stage, "name": "<script>x</script> & co"}
    rendered = render_notice(replace(NOTICE, sections=(replace(SECTION, stage=stage),)))
    assert "&lt;script&gt;x&lt;/script&gt; &amp; co" in rendered.html
    assert "<script>" not in rendered.html
    assert "<script>x</script> & co" in rendered.body


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("a\r\nBcc: b", "a Bcc: b"), ("a\u202eb\u2066c\u200b", "a b c"), ("a\u2028b\x85c\x00", "a b c"),
        ("=?utf-8?q?x?=", "= ?utf-8?q?x?="), ("\t a \n", "a"), ("Đôn đốc – hạn 1/2", "Đôn đốc – hạn 1/2"),
    ],
)  # fmt: skip
def test_what_may_stand_in_a_header(text: str, safe: str) -> None:
    assert header_text(text) == safe


def test_a_failing_template_is_an_entry_and_stops_no_notice(
    kh: Kh, plan_file: Callable[..., Path], mailbox: Mailbox, own: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KH_TEMPLATES", str(own("{{ nothing }}", "giao-viec.txt.j2")))
    kh("start", str(plan_file(SMALL)), "--id", "x", "--at", ON)
    kh("tick", "--at", ON)
    assert "Nơi nhận: Sở A" in text_of(mailbox.to("h1@t.example.vn")[0])
    (entry,) = [row for row in kh("log", "--json").json if row["trigger"] == "template"]
    assert "'nothing' is undefined" in entry["data"]["text"]
