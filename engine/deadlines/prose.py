"""What surrounds a deadline: one spelling for the text, and the free text that is passed over."""

import re
import unicodedata
from dataclasses import dataclass

from engine.deadlines.numerals import number_in_words

MOST_CHARACTERS = 500

# One character for one, so that places in the text stay places in the phrase.
_PLAIN = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000", " "),
        **dict.fromkeys("‐‑‒–—―−", "-"),
        **dict.fromkeys("’‘ʼ′`´", "'"),
        **dict.fromkeys("“”„«»", '"'),
        "⁄": "/",
    }
)

# Most limit words limit only in front of something that looks like time.
_TIME = r"(?:ngày|tháng|qu[ýí]|năm|tuần|giai đoạn|các năm|đầu|giữa|cuối|thượng|trung tuần|hạ tuần|nửa|hết|[0-9])"
_DATED = (
    r"(?:(?:hết |cuối |đầu |giữa )?(?:ngày|tháng|qu[ýí]|năm|giai đoạn) *(?=[0-9]|i|v)|[0-9]{1,4} ?[/.-] ?[0-9]|[0-9]{4}"
    r"|(?:hết |cuối )năm|[0-9]+ ?(?=h|g|:))"
)
_AMOUNT = r"(?:[0-9]{1,4}|một|hai|ba|bốn|sáu|bảy|tám|chín|mười|one|two|three|four|five|six|seven|eight|nine|ten)"
_UNIT = (
    r"(?:ngày làm việc|ngày công tác|ngày|tuần|tháng|năm|(?:(?:working|business|calendar)(?: |-))?days?|weeks?|months?)"
)
_MONTHS = r"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
_EVERY = (
    r"(?:hằng|hàng|mỗi|từng) (?:ngày|tháng|qu[ýí]|năm|6 tháng)|(?:sáu|ba|0?[36]) tháng ?(?:một|1|01|/) ?lần"
    r"|định k[ỳì] (?:(?:sáu|ba|0?[36]) tháng|nửa năm)(?: (?:một|1|01) lần)?|(?:each|every) (?:year|month|quarter|day)"
)

# Words that open a limit. Free text before the first of them is passed over.
LIMITS = (
    r"(?:không|chưa)(?: được| phải(?: là)?)? (?:trước|chậm nhất|muộn nhất|trễ nhất|sau)(?! (?:đây|đó|này|hết)\b)",
    rf"(?:không|chưa) (?:đến|tới) (?={_DATED})",
    r"không (?:quá|vượt quá|muộn hơn|chậm hơn|trễ hơn)",
    rf"(?:chậm|muộn|trễ) nhất|hạn (?:cuối|chót)|(?:tối đa|ít nhất|tối thiểu)(?= {_AMOUNT} {_UNIT})",
    # báo cáo 6 tháng trước ngày 20/6: the report of six months
    rf"(?!(?:0?[369]|sáu|chín) tháng trước (?:ngày )?[0-9]|{_AMOUNT} năm trước (?:ngày )?[0-9])"
    rf"{_AMOUNT}(?: *\([^()]*\))? *{_UNIT} (?:trước|sau|kể từ|tính từ|từ|before|after|from|since|of)(?! (?:đây|kia)\b)",
    r"trước(?! (?:đây|hết|mắt|tiên|nay|kia|kỳ)\b)",
    rf"(?:cho )?(?:đến|tới) hết|hết (?={_DATED}|giờ)|(?:cho )?(?:đến|tới) (?={_DATED})",
    rf"dự kiến|(?:vào |trong )?khoảng (?=thời gian|{_TIME})",
    rf"(?:trong|vào) (?=vòng|thời hạn|thời gian|khoảng|lúc|hồi|thượng|hạ tuần|{_TIME})|lúc (?=[0-9])",
    r"từ (?=nay |(?:ngày |tháng |năm |qu[ýí] )?[0-9i])|kể từ|tính từ",
    rf"(?:số liệu|dữ liệu) (?=(?:[^\s,;()]+ )??(?:từ|đến|tới|tính từ|tính đến) {_DATED})|(?:data|figures) (?=from|for)",
    r"sau(?! (?:đây|đó|này|cùng)\b)(?! *:)",
    rf"{_EVERY}|định k[ỳì]|thường niên",
    r"not (?:before|after|by|later than|more than)|no (?:later|more) than|on or before|at the latest",
    r"prior to|before|after",
    rf"within(?= {_AMOUNT}| a)|by(?= (?:the|[0-9]|{_MONTHS}|end))|until|from(?= [0-9])|deadline",
    rf"on(?= (?:the )?(?:[0-9]|last))|(?:in|during)(?= (?:the|early|late|mid|q[1-4]|h[12]|[0-9]{{4}}|{_MONTHS}))",
    r"tentatively|provisionally|expected|annually|monthly|quarterly|half-yearly|yearly",
)
# Words for no date: they open a phrase only where no limit stands.
_SET = r"(?:quy định|qui định|luật định)"
OPENERS = (
    r"kịp thời|thường xuyên|liên tục|đột xuất|khi cần|khi có|khi phát sinh|ngay khi phát sinh",
    rf"(?:theo )?(?:đúng )?(?:(?:thời gian|thời hạn|tiến độ) )(?:theo )?{_SET}|(?:theo|đúng)(?: đúng)? {_SET}",
    r"đúng (?:tiến độ|thời hạn)|theo (?:yêu cầu|hướng dẫn|thông báo|giấy mời|kế hoạch)",
    r"có giấy mời|sẽ (?:có )?thông báo",
    r"tại|cùng ngày|dịp|nhân (?=ngày|tháng|lễ|tết|dịp|kỷ niệm|[a-z0-9]+-[a-z0-9])",
    r"as needed|when needed|as required|on request|promptly|regularly|ongoing|ad hoc|at",
)
# What a table of tasks writes in front: thời gian thực hiện: quý II/2020
LABEL = re.compile(
    r"\s*(?:thời\s+(?:gian|hạn|điểm)|tiến\s+độ|hạn)"
    r"(?:\s+(?:thực\s+hiện|hoàn\s+thành|tổ\s+chức|báo\s+cáo|gửi|nộp|kết\s+thúc))*\s*:"
)
# A time that can open a phrase by itself.
TIMES = (
    r"[0-9]|(?:ngày|tháng|qu[ýí]|năm) *(?=[0-9iv])|q[1-4]|h[12]|(?:ngày|năm|tháng) |nhân |dịp ",
    r"giai đoạn|thời kỳ|các năm|đầu|giữa|cuối|thượng tuần|trung tuần|hạ tuần|nửa|thứ|chủ nhật",
    rf"{_MONTHS}|early|late|mid|end of|beginning of|first half|second half|the",
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)day",
)
# Behind these, free text is passed over once more: dự kiến (tổ chức) vào …; hằng năm, (gửi báo cáo) trước …
_AGAIN = (
    rf"dự kiến|{_EVERY}|định k[ỳì]|thường niên|tentatively|expected",
    r"(?:số liệu|dữ liệu|tính từ ngày|data from|figures for)[^,;()]*",
)


def _any(*lists: tuple[str, ...]) -> re.Pattern[str]:
    """One pattern for whole words; a space stands for any white space."""
    text = "|".join(f"(?:{words})" for group in lists for words in group)
    text = text.replace(" *", r"\s*").replace(" ?", r"\s*").replace(" ", r"\s+")
    return re.compile(rf"(?<![\w-])(?:{text})(?!(?<=[^\W\d_])-?\w)")


LIMIT, OPENER, TIME, AGAIN = _any(LIMITS), _any(OPENERS), _any(TIMES), _any(_AGAIN)
LIMIT_OR_TIME = _any(LIMITS, (rf"{_DATED}",))
_GAP = re.compile(r"[^\s,].*", re.DOTALL)  # a comma before the words is kept
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"")


_SPOKEN = re.compile(r"([0-9]+)\s*(\(([^()0-9]{2,60})\))")
_REMARK = re.compile(r"(\([^()]*[^\W\d_][^()]*\))(?=\s*(?:,|và|của|h[ằà]ng|mỗi)\s)")  # (báo cáo năm) và …
_AFTER_CLOCK = re.compile(r"(?:[0-9]|[0-9]\s*(?:h|giờ|g|phút)|')\s*\Z")
_HALF_DAY = re.compile(r"(?<!\w)(?:buổi )?(?:sáng|chiều)(?=,?\s+(?:ngày|thứ|[0-9]))")


@dataclass(frozen=True, slots=True)
class Framed:
    """A text whose free text is blanked out (each character by a space), what was passed over, and what to warn of."""

    text: str
    passed: str
    notes: tuple[str, ...] = ()


def plain(phrase: str) -> str:
    """NFC, lower case, ordinary dashes and quotes; the length is that of the NFC phrase."""
    text = unicodedata.normalize("NFC", phrase).translate(_PLAIN)
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def without_asides(text: str) -> str:
    """Brackets and quotations blanked out: what stands in them opens nothing."""
    return _ASIDE.sub(_spaces, text)


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])


def opening_of(text: str) -> int:
    """Where the first limit word stands, else the first word for no date, else 0."""
    bare = without_asides(text)
    found = LIMIT.search(bare) or OPENER.search(bare)
    return found.start() if found else 0


def frame(text: str, start: int) -> Framed:
    """Pass over the free text before `start`, and behind `dự kiến`, `định kỳ` and `hằng năm`."""
    framed, passed = _blank(text, 0, start), [text[:start]]
    bare = without_asides(text)
    while again := AGAIN.match(bare, start):
        following = LIMIT_OR_TIME.search(bare, again.end())
        if not following or "(" in text[again.end() : following.start()]:
            break
        gap = again.end(), following.start()
        framed = framed[: gap[0]] + _GAP.sub(_spaces, framed[slice(*gap)]) + framed[gap[1] :]
        passed.append(text[slice(*gap)])
        start = following.start()
    framed, notes = _plainer(framed)
    return Framed(framed, " ".join(passed), notes)


def _plainer(text: str) -> tuple[str, tuple[str, ...]]:
    """Blank out numbers repeated in words, remarks in the middle and halves of a day; note what may matter."""
    notes = []
    for found in _SPOKEN.finditer(text):
        said = number_in_words(found[3])
        if said is not None:
            text = _blank(text, *found.span(2))
            notes += ["figures"] if said != int(found[1]) else []
    for found in _REMARK.finditer(text):
        if not LIMIT_OR_TIME.search(found[1]):
            text = _blank(text, *found.span(1))
    for found in _HALF_DAY.finditer(text):
        if not _AFTER_CLOCK.search(text, 0, found.start()):
            text = _blank(text, *found.span())
            notes.append("half-day")
    return text, tuple(notes)
