"""Why a phrase that offices do write is refused: asked only once the grammar has given up."""

import re

from engine.i18n import N_, _

_EVERY = (
    r"(?:(?:h[ằà]ng|mỗi|định\s+k[ỳì])\s+(?:ngày|tháng|qu[ýí]|năm|(?:0?6|sáu)\s+tháng)|(?:0?[369]|sáu|chín)\s+tháng"
    r"|daily|monthly|quarterly|yearly|annually|half-yearly|every\s+(?:month|quarter|year))"
)
# Pattern, reason, what could stand there. The first that reaches past the place of the error is told.
HINTS = (
    (
        r"(?:h[ằà]ng|mỗi|từng)\s+tuần|[0-9]+\s+tuần\s+(?:một|1|01|/)\s*lần|weekly|(?:every|each)\s+(?:week|[a-z]+day)",
        N_("a weekly recurrence is not known"),
        ("hằng tháng", "hằng quý", "hằng năm"),
    ),
    (
        r"(?:[0-9]+|một|hai|ba)\s*(?:giờ|tiếng|phút|hours?|minutes?)\s+(?:kể\s+từ|tính\s+từ|sau|after|of|from)"
        r"|(?:trong|trong\s+vòng|sau|within)\s+[0-9]+\s*(?:giờ|tiếng|phút|hours?|minutes?)(?!\s*,?\s*(?:ngày|[0-9]))"
        r"|\A\s*[0-9]+\s*(?:giờ|tiếng|hours?)\s*\Z",
        N_("hours are no length of a deadline: count days"),
        ("1 ngày làm việc", "trước 17h00 ngày 30/3/2020"),
    ),
    (r"âm\s+lịch|lunar", N_("a day of the lunar calendar: write the day of the solar one"), ("30/3/2020",)),
    (
        rf"định\s+k[ỳì]\s+(?:tháng|qu[ýí])\s*,.*|{_EVERY}(?:\s*\([^()]*\))?(?:\s*,\s*|\s+(?:và|and)\s+|\s*/\s*)"
        rf"(?:{_EVERY}|(?:0?1\s+)?năm|qu[ýí](?!\s*[1-4iv]))",
        N_("several recurrences at once: write a stage for each"),
        ("hằng tháng", "hằng quý", "hằng năm"),
    ),
    (
        r"(?<=[0-9])\s*[,;]\s[^,;]*?(?<!\w)(?:trước|(?:chậm|muộn|trễ)\s+nhất|(?:đến|tới)\s+hết|before|by|no\s+later\s+than)"
        r"\s+(?:ngày\s+|the\s+)?[0-9].*\Z",
        N_("several deadlines at once: write a stage for each"),
        ("trước ngày 15/6 và 15/12 hằng năm",),
    ),
    (
        r"(?<!\w)(?:trong|vòng|sau|trước|within|after|before)\s+[0-9]{1,3}\s+"
        r"(?:ngày(?:\s+làm\s+việc)?|tuần|tháng|(?:(?:working|business)\s+)?days?|weeks?|months?)\s*\Z",
        N_("counted from what? Name the day or the stage"),
        ("5 ngày làm việc kể từ ngày 30/3/2020", "3 ngày trước ngày 30/3/2020"),
    ),
    (
        r"\A.*?(?<!\w)(?:từ|kể\s+từ|từ\s+sau|from|since)\s+(?:ngày|tháng|qu[ýí]|năm|[0-9]|the)[^,;]*\Z",
        N_("this says when it begins, not when it ends"),
        ("đến hết ngày 30/6/2020",),
    ),
)
_COMPILED = tuple((re.compile(pattern), reason, words) for pattern, reason, words in HINTS)


def hint(text: str, at: int) -> tuple[int, str, list[str]] | None:
    """The place, the reason and what could stand there, where the cause of an error at `at` is known."""
    for pattern, reason, words in _COMPILED:
        for found in pattern.finditer(text):
            if found.end() + 2 > at or found.end() == len(text):
                start = at if found.start() == 0 and found.end() == len(text) else found.start()
                return start, _(reason), list(words)
    return None
