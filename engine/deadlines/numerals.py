"""Numbers in words, as offices repeat them in brackets: 15 (mười lăm), 2020 (hai nghìn không trăm hai mươi)."""

_VIETNAMESE = ("không", "một", "hai", "ba", "bốn", "năm", "sáu", "bảy", "tám", "chín")
_ENGLISH = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve")
_VARIANTS = {
    "mốt": 1,
    "tư": 4,
    "lăm": 5,
    "nhăm": 5,
    "bẩy": 7,
    "linh": 0,
    "lẻ": 0,
    "fifteen": 15,
    "twenty": 20,
    "thirty": 30,
}
_DIGITS = _VARIANTS | {word: n for words in (_VIETNAMESE, _ENGLISH) for n, word in enumerate(words)}
_TIMES = {"mươi": 10, "trăm": 100}


def number_in_words(text: str) -> int | None:
    """The number these words say; None where a word is no numeral."""
    total = group = pending = 0
    for word in text.split():
        if word in _DIGITS:
            group, pending = group + pending, _DIGITS[word]
        elif word == "mười":
            group, pending = group + pending + 10, 0
        elif word in _TIMES:
            group, pending = group + pending * _TIMES[word], 0
        elif word in ("nghìn", "ngàn"):
            total, group, pending = (total + group + pending) * 1000, 0, 0
        else:
            return None
    return total + group + pending
