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
    r"|(?:hết |cuối )năm|[0-9]+ ?(?=h|g|:)|(?:thượng|trung|hạ) tuần"
    r"|nửa (?:đầu|cuối)|tuần (?:lễ )?(?:đầu|cuối|thứ [1-4hbtn])"
    r"|(?:[0-9]+|sáu|chín) tháng (?:đầu|cuối) |các (?:tháng|qu[ýí]|ngày|năm) (?=[0-9iv])"
    r"|(?:early|late|mid)(?= |-)|(?:the )?(?:beginning|middle|end) of|q[1-4]|h[12])"
)
_AMOUNT = (
    r"(?:[0-9]{1,4}|mười lăm|hai mươi|ba mươi|một|hai|ba|bốn|sáu|bảy|tám|chín|mười"
    r"|an?|one|two|three|four|five|six|seven|eight|nine|ten|fifteen|twenty|thirty)"
)
_UNIT = (
    r"(?:ngày làm việc|ngày công tác|ngày|tuần|tháng|năm"
    r"|(?:(?:working|business|calendar)(?: |-))?days?|weeks?|months?|years?)"
)
_MONTHS = r"(?:(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*)"
_EVERY = (
    r"(?:hằng|hàng|mỗi|từng) (?:ngày|tháng|qu[ýí]|năm|6 tháng)|(?:sáu|ba|0?[36]) tháng ?(?:một|1|01|/) ?lần"
    r"|(?:0?[12]|một|hai) lần ?(?:/|một|mỗi|trong) ?(?:tháng|qu[ýí]|năm)|(?:0?1|một) năm ?(?:một|1|01|/) ?lần"
    r"|định k[ỳì] (?:(?:sáu|ba|0?[36]) tháng|nửa năm|(?:0?1 |một )?năm)(?: ?(?:một |1 |01 |/ ?)lần)?"
    r"|định k[ỳì] (?:tháng|qu[ýí])(?! ?(?:[0-9]|i))|(?:each|every) (?:year|month|quarter|day)|twice a year"
    r"|every (?:six|three|6|3) months"
)

# Words that open a limit. Free text before the first of them is passed over.
LIMITS = (
    r"(?:không|chưa)(?: được| phải(?: là)?)? (?:trước|chậm nhất|muộn nhất|trễ nhất|sau)(?! (?:đây|đó|này|hết)\b)",
    rf"(?:không|chưa) (?:đến|tới) (?={_DATED})",
    r"không (?:quá|vượt quá|muộn hơn|chậm hơn|trễ hơn)",
    r"không sớm hơn|sớm nhất(?= (?:(?:là|vào|từ|cũng) )*(?:ngày|tháng|qu[ýí]|[0-9]))|(?:no|not) earlier than",
    r"(?:vào|trong) hoặc trước",
    r"(?:[0-9]{1,2} ?(?:h|g|giờ) ?(?:[0-9]{2})?,? (?:vào |của )?)?"
    r"(?:ngày làm việc (?:thứ (?:[0-9]{1,2}|[a-zà-ỹ]+)|tiếp theo|kế tiếp|liền kề|đầu tiên)"
    r"(?= (?:sau|kể từ|tính từ|từ))|(?:the )?[a-z0-9]+ (?:working|business) day(?= (?:after|following|from)))",
    rf"(?:chậm|muộn|trễ) nhất|hạn (?:cuối|chót)|(?:tối đa|ít nhất|tối thiểu)(?= {_AMOUNT} {_UNIT})",
    # báo cáo 6 tháng trước ngày 20/6: the report of six months
    rf"(?!(?:0?[369]|sáu|chín) tháng trước (?:ngày )?[0-9]|{_AMOUNT} năm trước (?:ngày )?[0-9])"
    rf"{_AMOUNT}(?: *\([^()]*\))? *{_UNIT} (?:trước|sau|kể từ|tính từ|từ|before|after|from|since|of)(?! (?:đây|kia)\b)",
    r"trước(?! (?:đây|hết|mắt|tiên|nay|kia|kỳ)\b)",
    rf"(?:cho )?(?:đến|tới) hết|hết (?={_DATED}|giờ)",
    rf"(?:cho )?(?:đến|tới) (?={_DATED})",
    rf"dự kiến|(?:vào |trong )?khoảng (?=thời gian|từ {_DATED}|{_TIME})",
    rf"(?:trong|vào) (?=vòng|thời hạn|thời gian|khoảng|lúc|hồi|thượng|hạ tuần|{_TIME})|lúc (?=[0-9])",
    r"từ (?=nay |(?:đầu |giữa |cuối )?(?:ngày |tháng |năm |qu[ýí] )?[0-9iv])|kể từ|tính từ",
    rf"(?:số liệu|dữ liệu) (?=(?:[^\s,;()]+ )??(?:từ|đến|tới|tính từ|tính đến) {_DATED})|(?:data|figures) (?=from|for)",
    r"sau(?! (?:đây|đó|này|cùng)\b)(?! *:)(?! *[.;,)]*\Z)",
    rf"{_EVERY}|định k[ỳì]|thường niên",
    r"not (?:before|after|by|later than|more than)|no (?:later|more) than|on or before|at the latest",
    r"prior to|before|after",
    rf"within(?= {_AMOUNT}| a)|by(?= (?:the|[0-9]|{_MONTHS}|end|late|mid|early|q[1-4]))|until|deadline",
    rf"(?:from|between)(?= (?:now|the|[0-9]|early|mid|late|q[1-4]|{_MONTHS}))",
    rf"on(?= (?:the )?(?:[0-9]|last))|(?:in|during)(?= (?:the|early|late|mid|q[1-4]|h[12])|"
    rf" (?:first|second|[0-9]{{4}}|{_MONTHS}))",
    r"at(?= the end of)",
    r"tentatively|provisionally|expected|annually|monthly|quarterly|half-yearly|yearly",
)
# Words for no date: they open a phrase only where no limit stands.
_SET = r"(?:quy định|qui định|luật định)"
OPENERS = (
    r"kịp thời|thường xuyên|liên tục|đột xuất|khi cần|(?:ngay )?khi (?:có|phát sinh)|khi được yêu cầu|khẩn trương",
    r"trong thời gian sớm nhất|sớm nhất có thể|as soon as possible",
    rf"(?:theo )?(?:đúng )?(?:(?:thời gian|thời hạn|tiến độ) )(?:theo )?{_SET}|(?:theo|đúng)(?: đúng)? {_SET}",
    r"đúng (?:tiến độ|thời hạn)|theo (?:yêu cầu|hướng dẫn|thông báo|giấy mời|kế hoạch|lịch)",
    r"có giấy mời|(?:sẽ )?(?:có )?thông báo(?= sau| riêng| cụ thể)",
    r"tại|cùng ngày|dịp|nhân (?=ngày|tháng|lễ|tết|dịp|kỷ niệm|[a-z0-9]+-[a-z0-9])",
    r"as needed|when needed|as required|on request|promptly|regularly|ongoing|ad hoc|at",
)
# What a table of tasks writes in front: thời gian thực hiện: quý II/2020
LABEL = re.compile(
    r"\s*(?:(?:thời\s+(?:gian|hạn|điểm)|tiến\s+độ|hạn|ngày|hoàn\s+thành)"
    r"(?:\s+(?:thực\s+hiện|hoàn\s+thành|tổ\s+chức|báo\s+cáo|gửi|nộp|kết\s+thúc))*\s*:"
    r"|(?:(?:phấn\s+đấu|cơ\s+bản)\s+)*(?:hoàn\s+thành|xong)(?:\s+xong)?"
    r"(?=\s+(?:ngày|(?:đầu\s+|giữa\s+|cuối\s+)?(?:tháng|qu[ýí]|năm))\s+[0-9iv]))"
)
# A time that can open a phrase by itself.
TIMES = (
    r"[0-9]|(?:ngày|tháng|qu[ýí]|năm) *(?=[0-9iv])|q[1-4]|h[12]|(?:ngày|năm|tháng) |nhân |dịp ",
    r"(?:trong|vào) (?=[a-z0-9]+-[a-z0-9-]+,? (?:hằng|hàng|mỗi) )",
    r"giai đoạn|thời kỳ|các năm|đầu|giữa|cuối|thượng tuần|trung tuần|hạ tuần|nửa|thứ|chủ nhật",
    r"tuần (?:lễ )?(?:đầu|cuối|thứ|[1-4])|các (?:tháng|qu[ýí]) [0-9iv]",
    r"(?:hai|ba|bốn|sáu|tám|chín|mười) tháng (?:đầu|cuối)",
    rf"{_MONTHS}|early|late|mid|end of|beginning of|first|second|third|fourth|last|the",
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
_REPORTED = re.compile(r"(?:báo\s+cáo|kết\s+quả|số\s+liệu)\s+\Z")  # báo cáo 6 tháng đầu năm trước …: its period
_GAP = re.compile(r"[^\s,].*", re.DOTALL)  # a comma before the words is kept
_ASIDE = re.compile(r"\([^()]*\)|\[[^\[\]]*\]|\"[^\"]*\"")


# What lies beyond the plan is no limit of it.
_OUTLOOK = re.compile(r"(?:định\s+hướng|tầm\s+nhìn)\s+(?:đến|tới)(?=\s)")
_SPOKEN = re.compile(r"([0-9]+)\s*(\(([^()0-9]{2,60})\))")
_REMARK = re.compile(r"(\([^()]*[^\W\d_][^()]*\))(?=\s*(?:,|và|của|h[ằà]ng|mỗi)\s)")  # (báo cáo năm) và …
_AFTER_CLOCK = re.compile(r"(?:[0-9]|[0-9]\s*(?:h|giờ|g|phút)|')\s*\Z")
# trong 02 ngày 15 và 16/4, 2 năm 2024 - 2025: the count says nothing that the days do not
_COUNTED = re.compile(
    r"(?<=trong)\s+(?:0?[2-9]|hai|ba|bốn)"
    r"(?:(?=\s+(?:ngày\s+[0-9]{1,2}|tháng\s+[0-9]{1,2}|năm\s+[0-9]{4})\s*(?:[,&-]|và\s))"
    r"|\s+ngày,?(?=\s+từ\s+(?:ngày\s+)?[0-9][^;]*\s(?:đến|-)\s))"
)
_DATED_WEEKDAY = re.compile(
    r"(?<=\s)(?:thứ\s+\w+|chủ\s+nhật)\s*(\()\s*(?:ngày\s+)?[0-9][0-9 ./-]*(\))"
)  # thứ Sáu (15/5)
_OPENING = frozenset('(["')
_WRAPPED = re.compile(r"\s*([(\[\"])([^()\[\]\"]*)([)\]\"])[\s.;]*")
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
    if text.lstrip()[:1] in _OPENING and (wrapped := _WRAPPED.fullmatch(text)):
        text = _blank(_blank(text, *wrapped.span(1)), *wrapped.span(3))
    low = text.lower()
    if len(low) == len(text):
        return low
    return "".join(c.lower() if len(c.lower()) == 1 else c for c in text)


def _blank(text: str, start: int, end: int) -> str:
    return text[:start] + " " * (end - start) + text[end:]


def without_asides(text: str) -> str:
    """Brackets and quotations blanked out: what stands in them opens nothing."""
    return text if _OPENING.isdisjoint(text) else _ASIDE.sub(_spaces, text)


def _spaces(found: re.Match[str]) -> str:
    return " " * len(found[0])


def opening_of(text: str) -> int:
    """Where the first limit word stands, else the first word for no date, else 0."""
    bare = without_asides(text)
    bare = _OUTLOOK.sub(_spaces, bare)
    found = LIMIT.search(bare) or OPENER.search(bare)
    return found.start() if found else 0


# An amount in words that the grammar does not read: năm ngày, mười hai ngày, vài tuần. It is never passed over.
_IN_WORDS = re.compile(
    r"(?<!\w)(?:(?:một|mốt|hai|ba|bốn|tư|năm|lăm|nhăm|sáu|bảy|bẩy|tám|chín|mười|mươi|trăm|vài|mấy|dăm|nửa"
    r"|an?|few|several|some|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|\w+ty)"
    r"\s+(?:(?:working|business|calendar)\s+)?(?:ngày(?:\s+(?:làm\s+việc|công\s+tác))?|tuần|tháng|năm|giờ|tiếng"
    r"|hours?|days?|weeks?|months?|years?)|mười|mươi|trăm)[\s,]*\Z"
)


def amount_in_words(text: str) -> int | None:
    """Where a text ends in an amount in words that is not read; None where it does not."""
    found = _IN_WORDS.search(text)
    return found.start() if found else None


_ENDING_TIME = re.compile(rf"(?:[0-9](?:\s*[hg])?|(?<!\w)(?:qu[ýí]\s+[iv]+|{_MONTHS}))\s*\Z")


def ends_in_time(text: str) -> bool:
    """Whether free text ends in something that names a time: a number, a quarter."""
    return bool(_ENDING_TIME.search(text))


def frame(text: str, start: int) -> Framed:
    """Pass over the free text before `start`, and behind `dự kiến`, `định kỳ` and `hằng năm`."""
    framed, passed = _blank(text, 0, start), [text[:start]]
    bare = without_asides(text)
    while again := AGAIN.match(bare, start):
        following = LIMIT_OR_TIME.search(bare, again.end())
        if following and _REPORTED.search(bare, again.end(), following.start()):
            following = LIMIT.search(bare, following.start()) or following
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
    notes: list[str] = []
    if "(" in text:
        text = _without_remarks(text, notes)
    for found in _COUNTED.finditer(text):
        text = _blank(text, *found.span())
    for found in _HALF_DAY.finditer(text) if "sáng" in text or "chiều" in text else ():
        if not _AFTER_CLOCK.search(text, 0, found.start()):
            text = _blank(text, *found.span())
            notes.append("half-day")
    return text, tuple(notes)


def _without_remarks(text: str, notes: list[str]) -> str:
    for found in _SPOKEN.finditer(text):
        said = number_in_words(found[3])
        if said is not None:
            text = _blank(text, *found.span(2))
            notes += ["figures"] if said != int(found[1]) else []
    for found in _DATED_WEEKDAY.finditer(text):
        text = _blank(_blank(text, *found.span(1)), *found.span(2))
    for found in _REMARK.finditer(text):
        if not LIMIT_OR_TIME.search(found[1]):
            text = _blank(text, *found.span(1))
    return text
