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
QUARTERS = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "1": 1, "2": 2, "3": 3, "4": 4}
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
}
PARTS = {"EARLY": "early", "MIDDLE": "middle", "LATE": "late", "MIDDLE_LATE": "middle-late"}

NUMBER = re.compile(r"[0-9]+")


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


def amount_and_unit(text: str) -> tuple[int, str]:
    """`10 ngày làm việc` → (10, "working-day"); a year counts as twelve months."""
    words = " ".join(text.split())
    head = re.match(r"[0-9]+|[^0-9]+?(?= (?:ngày|tuần|tháng|năm|working|business|calendar|day|week|month|year))", words)
    assert head
    count = int(head[0]) if head[0].isdigit() else AMOUNTS[head[0]]
    tail = words[head.end() :].strip()
    name, times = next((name, times) for pattern, name, times in UNITS if pattern.match(tail))
    return count * times, name
