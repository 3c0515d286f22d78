"""The words and figures of a phrase, and the numbers they stand for."""

import re

MONTH_WORDS = ("một", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười", "mười một", "mười hai")
MONTH_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
WEEKDAYS = {
    **{f"thứ {word}": n for n, word in enumerate(("hai", "ba", "tư", "năm", "sáu", "bảy"))},
    **{f"thứ {n + 2}": n for n in range(6)},
    "chủ nhật": 6,
    **{f"{day}day": n for n, day in enumerate(("mon", "tues", "wednes", "thurs", "fri", "satur", "sun"))},
}
QUARTERS = {
    "i": 1,
    "ii": 2,
    "iii": 3,
    "iv": 4,
    "1": 1,
    "2": 2,
    "3": 3,
    "4": 4,
    "một": 1,
    "hai": 2,
    "ba": 3,
    "bốn": 4,
    "tư": 4,
} | {"first": 1, "second": 2, "third": 3, "fourth": 4, "last": 4}
AMOUNTS = (
    {"một": 1, "hai": 2, "ba": 3, "bốn": 4, "sáu": 6, "bảy": 7, "tám": 8, "chín": 9, "mười": 10}
    | {"mười lăm": 15, "hai mươi": 20, "ba mươi": 30, "fifteen": 15, "twenty": 20, "thirty": 30, "a": 1, "an": 1}
    | {"one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10}
)
# The first word of a unit that decides: name, and how many of that name one is.
UNITS = (
    (re.compile(r"ngày (làm việc|công tác)|(working|business)"), "working-day", 1),
    (re.compile(r"ngày|(calendar.)?day"), "day", 1),
    (re.compile(r"tuần|week"), "week", 1),
    (re.compile(r"tháng|month"), "month", 1),
    (re.compile(r"năm|year"), "month", 12),
)
EVERY = {
    "EVERY_DAY": "day",
    "EVERY_MONTH": "month",
    "EVERY_QUARTER": "quarter",
    "EVERY_HALF": "half-year",
    "EVERY_YEAR": "year",
}
ROLES = {
    "LAST_MONTH": "quarter-3",
    "MIDDLE_MONTH": "quarter-2",
    "FIRST_MONTH": "quarter-1",
    "REPORT_MONTH": "month",
    "NEXT_MONTH": "month-next",
    "CLOSING_MONTH": "closing",
}
# A year known by its place stands for none: a day in it recurs.
ROLES_OF_YEARS = {"REPORT_YEAR": "year", "YEAR_AFTER_REPORT": "year-next", "NEXT_YEAR": "year-after"}
PARTS = {"EARLY": "early", "MIDDLE": "middle", "LATE": "late", "MIDDLE_LATE": "middle-late"}
_NTH = (
    {word: n + 1 for n, word in enumerate(("nhất", "hai", "ba", "tư", "năm", "sáu", "bảy", "tám", "chín", "mười"))}
    | {"first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "next": 1}
    | {"đầu": 1, "tiếp": 1, "kế": 1, "liền": 1}
)

NUMBER = re.compile(r"[0-9]+")
_QUARTER = re.compile(r"các|quarter|qu[ýí]|q\.?|và|and")


def number(text: str) -> int:
    found = NUMBER.search(text)
    return int(found[0]) if found else 0


def month_number(token: str) -> int:
    if found := NUMBER.search(token):
        return int(found[0])
    word = " ".join(token.split())
    if word.startswith("tháng "):
        return MONTH_WORDS.index(word[6:]) + 1
    return MONTH_NAMES.index(word[:3]) + 1


def nth(text: str) -> int:
    """Which one `thứ 3`, `thứ ba`, `đầu tiên` or `the third` is; 0 is the last."""
    return number(text) or next((_NTH[word] for word in text.split() if word in _NTH), 0)


def quarter_number(token: str) -> int:
    """`quý II`, `Q2`, `quý hai`, `the second quarter of`."""
    return next(QUARTERS[word] for word in re.findall(r"[^\W\d_]+|[1-4]", _QUARTER.sub(" ", token)) if word in QUARTERS)


def numbers_of(token: str) -> tuple[int, ...]:
    """The months of `tháng 3, 6 và tháng 9`, `March and June`; the quarters of `quý I, II`; the years of a list."""
    if found := NUMBER.findall(token):
        return tuple(map(int, found))
    words = re.findall(r"[a-z]+", _QUARTER.sub(" ", token))
    if "q" in token:
        return tuple(QUARTERS[word] for word in words if word in QUARTERS)
    return tuple(MONTH_NAMES.index(word[:3]) + 1 for word in words if word != "and")


def amount_and_unit(text: str) -> tuple[int, str]:
    """`10 ngày làm việc` → (10, "working-day"); a year counts as twelve months."""
    words = " ".join(text.split())
    head = re.match(r"[0-9]+|[^0-9]+?(?= (?:ngày|tuần|tháng|năm|working|business|calendar|day|week|month|year))", words)
    assert head
    count = int(head[0]) if head[0].isdigit() else AMOUNTS[head[0]]
    tail = words[head.end() :].strip()
    name, times = next((name, times) for pattern, name, times in UNITS if pattern.match(tail))
    return count * times, name
