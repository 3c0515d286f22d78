"""The board as a page: its figures are the database's, its filters work, nothing on it is executed or fetched."""

import os
import re
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from conftest import ROOT, SMALL, Kh, Mailbox
from lived import AS_OF, CELLS, PLAN, live
from playwright.sync_api import Browser, Page, Request, sync_playwright

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
pytestmark = pytest.mark.slow  # a browser
PHONE, DESK = {"width": 390, "height": 800}, {"width": 1440, "height": 900}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    if CHROMIUM is None:
        assert "CI" not in os.environ, "the board is tested in chromium: install it"
        pytest.skip("no chromium here: the board is looked at in a browser")
    with sync_playwright() as play:
        found = play.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield found
        found.close()


@contextmanager
def opened(browser: Browser, file: Path, size: dict[str, int] = DESK) -> Iterator[Page]:
    """The page in a window; whatever it asks the network for, or complains of, fails the test."""
    page = browser.new_page(viewport=size)  # type: ignore[arg-type]
    complaints: list[str] = []
    page.on("console", lambda said: complaints.append(said.text))
    page.on("pageerror", lambda error: complaints.append(str(error)))
    page.on("dialog", lambda dialog: complaints.append(dialog.message))
    page.on("request", lambda request: complaints.extend(_elsewhere(request, file)))
    page.goto(file.as_uri())
    yield page
    page.close()
    assert complaints == []


def _elsewhere(request: Request, file: Path) -> list[str]:
    return [] if request.url == file.as_uri() or request.url.startswith("data:") else [request.url]


def shown(page: Page, selector: str) -> list[str]:
    """The texts of what a reader sees of it, each on one line."""
    script = "all => all.filter(one => one.checkVisibility()).map(one => one.innerText.replace(/\\s+/g, ' ').trim())"
    found: list[str] = page.locator(selector).evaluate_all(script)
    return found


def in_view(page: Page) -> bool:
    """Nothing sticks out to the right."""
    found: bool = page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    return found


@pytest.fixture
def made(kh: Kh, plan_file: Write, mailbox: Mailbox, tmp_path: Path) -> Callable[..., Path]:
    """Write the board of the plan that was lived through."""

    def make(*words: str, text: str = PLAN) -> Path:
        live(kh, plan_file, text=text)
        kh(*words, "board", "dt", "--at", AS_OF, "-o", tmp_path / "board.html")
        return tmp_path / "board.html"

    return make


def test_the_figures_are_those_of_the_database(made: Callable[..., Path], browser: Browser, kh: Kh) -> None:
    with opened(browser, made()) as page:
        cells = {cell: int(re.sub(r"\D", "", page.locator(f"[data-cell={cell}]").inner_text())) for cell in CELLS}
        assert cells == CELLS
        status = kh("status", "dt", "--at", AS_OF, "--json").json
        assert cells == {cell: status[cell] for cell in CELLS}
        assert shown(page, "#late-list tbody tr") == [
            "Huyện Ba Báo cáo I.1 · “trước ngày 30/3/2020” 29/03/2020 ▲ 12 Report to the superior T+5 · "
            "chased 2 times · 1 calls"
        ]
        assert shown(page, "#due-list tbody th") == ["Xã Một", "Xã Hai", "Huyện Bốn"]
        grid = shown(page, ".grid tbody tr")
        for row in ("Huyện Một ✓ done on time 27/03", "Huyện Hai ✔ done late +3", "Huyện Ba ▲ overdue +12"):
            assert row in grid
        assert "asked: 29/03/2020 → 25/04/2020: bão lũ" in page.locator("#log ~ div").inner_text()
        assert page.locator(".track .mark", has_text="◇").count() == 1  # where the deadline stood before
        assert page.locator(".track .today").count() == page.locator(".time .what").count()


def reset(page: Page) -> None:
    """Undo the filters. The page does it in a turn of its own, which was asked for before this one."""
    page.click("button[type=reset]")
    page.evaluate("new Promise(done => setTimeout(done))")


def test_filters_narrow_every_list_and_can_be_undone(made: Callable[..., Path], browser: Browser) -> None:
    with opened(browser, made("--lang", "vi")) as page:
        everybody = shown(page, ".grid tbody th")
        page.fill("[name=find]", "huyen b")
        assert shown(page, ".grid tbody th") == ["Huyện Ba", "Huyện Bốn"]
        assert shown(page, "#due-list tbody th") == ["Huyện Bốn"]
        page.select_option("[name=state]", "overdue")
        assert shown(page, ".grid tbody th") == ["Huyện Ba"]
        assert page.locator("output").inner_text() == "đang hiện 1 đơn vị"
        reset(page)
        assert shown(page, ".grid tbody th") == everybody
        page.select_option("[name=level]", "commune")
        assert shown(page, ".grid tbody th") == ["Xã Một", "Xã Hai"]
        reset(page)
        page.select_option("[name=order]", "late")
        assert next(name for name in shown(page, ".grid tbody th") if name.startswith("Huyện")) == "Huyện Ba"
        page.locator("#due-list th button", has_text="Đơn vị").press("Enter")  # by keyboard
        assert shown(page, "#due-list tbody th")[0] == "Huyện Bốn"


@pytest.mark.parametrize("size", [PHONE, DESK], ids=["phone", "desk"])
@pytest.mark.parametrize("tongue", ["vi", "en"])
def test_nothing_sticks_out(size: dict[str, int], tongue: str, made: Callable[..., Path], browser: Browser) -> None:
    long = PLAN.replace("Huyện Ba", "Huyện " + "Rất" * 98).replace("name: Báo cáo", "name: Báo cáo " + "tổng kết " * 32)
    with opened(browser, made("--lang", tongue, text=long), size) as page:
        assert in_view(page)
        assert page.evaluate("document.documentElement.lang") == tongue
        assert page.locator("h1").inner_text() == "Kế hoạch nhỏ"


def test_what_a_name_says_is_text(made: Callable[..., Path], browser: Browser) -> None:
    evil = """'</script><script>alert(1)</script><img src=x onerror=alert(2)> "><b>{{ 7*7 }}</b>'"""
    with opened(
        browser, made(text=PLAN.replace("Huyện Ba", evil).replace("title: Kế hoạch nhỏ", f"title: {evil}"))
    ) as page:
        assert page.locator("h1").inner_text() == evil.strip("'")
        assert evil.strip("'") in shown(page, ".grid tbody th")
        assert page.locator("img, h1 b").count() == 0


def test_a_plan_of_nothing_and_several_plans(kh: Kh, plan_file: Write, tmp_path: Path, browser: Browser) -> None:
    text = SMALL.split("stages:")[0] + (
        "stages:\n  cam: {name: Không tổ chức hội nghị, clause: I, type: prohibition, responsible: so-a}\n"
    )
    kh("start", plan_file(text), "--id", "khong", "--at", "2020-03-04")
    kh("board", "khong", "--at", AS_OF, "-o", tmp_path / "khong.html")
    with opened(browser, tmp_path / "khong.html") as page:
        assert "Nothing is overdue." in page.inner_text("main")
        assert "Không tổ chức hội nghị" in page.inner_text("main")
    live(kh, plan_file)
    kh("board", "--at", AS_OF, "-o", tmp_path / "all.html")
    with opened(browser, tmp_path / "all.html", PHONE) as page:
        assert page.locator("[aria-labelledby=plans] tbody tr").count() == 2
        assert shown(page, "#late-list tbody th") == ["Huyện Ba"]
        assert in_view(page)


def test_it_prints_on_a4(made: Callable[..., Path], browser: Browser) -> None:
    with opened(browser, made()) as page:
        printed = page.pdf(prefer_css_page_size=True)
        assert printed.count(b"/Type /Page\n") + printed.count(b"/Type /Page ") <= 6
        page.emulate_media(media="print")
        assert not page.locator("form.filter").is_visible()


def _many(units: int, stages: int) -> str:
    """A plan of the country's communes under their provinces."""
    provinces = 34
    lines = ["plan: lon", "title: Kế hoạch lớn", "document: {number: 9/KH-UBND, issued: 2020-03-04, issuer: tw}",
             "directory:", "  units:", "    tw: {name: Trung ương, level: central}"]  # fmt: skip
    lines += [f"    t{n}: {{name: UBND tỉnh {n}, level: province, parent: tw}}" for n in range(provinces)]
    lines += [f"    x{n}: {{name: UBND xã {n}, level: commune, parent: t{n % provinces}}}" for n in range(units)]
    lines += ["  groups: {xa: {level: commune}}", "coordinator: tw", "span: 2020-03-04 .. 2020-12-31", "stages:"]
    lines += [
        f"  s{n}: {{name: Báo cáo số {n}, clause: I.{n}, responsible: {{each: xa}}, submit_to: tw, "
        f"deadline: trước ngày {n + 2}/4/2020}}" for n in range(stages)
    ]  # fmt: skip
    return "\n".join(lines)


@pytest.mark.parametrize(("units", "open_groups"), [(12, True), (145, False), (3321, False)])
def test_the_grid_is_readable_for_few_and_for_the_whole_country(
    units: int, open_groups: bool, kh: Kh, plan_file: Write, tmp_path: Path, browser: Browser
) -> None:
    kh("start", plan_file(_many(units, 5)), "--id", "lon", "--at", "2020-03-04")
    kh("board", "lon", "--at", "2020-04-05", "-o", tmp_path / "lon.html")
    assert (tmp_path / "lon.html").stat().st_size < 8_000_000
    with opened(browser, tmp_path / "lon.html") as page:
        assert page.locator(".grid tbody tr").count() == units
        assert page.locator(".grid tbody tr").first.is_visible() is open_groups
        page.fill("[name=find]", "xa 7")
        assert all("xã 7" in name for name in shown(page, ".grid tbody th"))
        assert in_view(page)


def test_an_instance_that_is_not_there(kh: Kh) -> None:
    ran = kh("board", "dt", ok=False)
    assert (ran.code, ran.err) == (1, "Error: instance not found: dt\n")


@pytest.mark.parametrize("tone", ["good", "late", "calm", "soon", "bad", "mute"])
def test_every_colour_can_be_read(tone: str) -> None:
    """Contrast of at least 4.5, as WCAG's AA asks."""
    style = (ROOT / "templates" / "pages" / "page.css").read_text("utf-8")
    colours = dict(re.findall(r"--([\w-]+): (#\w+);", style))
    for text, ground in ((colours[tone], colours[f"{tone}-bg"]), (colours["quiet"], colours["faint"])):
        lighter, darker = sorted((_luminance(text), _luminance(ground)), reverse=True)
        assert (lighter + 0.05) / (darker + 0.05) >= 4.5


def _luminance(colour: str) -> float:
    shares = [int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5)]
    red, green, blue = (share / 12.92 if share <= 0.04045 else ((share + 0.055) / 1.055) ** 2.4 for share in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
