"""Durations, happenings and occasions: what a deadline hangs on."""

import re
from typing import Any

from engine.deadlines.context import Context
from engine.deadlines.forms import Anchor, Apart, At, DayForm
from engine.deadlines.limits import dated
from engine.deadlines.meaning import Deadline, Event, Recurring, Relative
from engine.deadlines.prose import amount_in_words
from engine.errors import nearest
from engine.i18n import _

# More than about ten years from an anchor is a slip of the pen.
_MOST = {"day": 3660, "working-day": 2600, "week": 522, "month": 120}
_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)+")
_ENDS_IN_DATE = re.compile(r"[0-9]{1,2} ?[/.-] ?[0-9]{1,2}( ?[/.-] ?[0-9]{4})?\s*$")
_SPEAKERS_TIME = re.compile(
    r"((ngày|tuần|tháng|quý|năm|kỳ|hôm)\s+)?(mai|nay|tới|này|sau|trước|kia|kế tiếp|tomorrow|today|now)"
)
_DAY_OF_A_COUNT = re.compile(r"(ngày\s+)?làm\s+việc|(the\s+)?(first|last)\s+working")
_DIGIT = re.compile(r"[0-9]")
# The day the plan itself was issued. Without “này” it may be that of a unit's own plan, which nobody knows yet.
_THIS_PLAN = r"(?:kế hoạch|văn bản|công văn) này"
_ISSUING = r"(?:ký )?(?:ban|phát) hành|ký"
_OWN_ISSUE = re.compile(
    rf"(?:ngày |khi )*(?:(?:{_ISSUING}) {_THIS_PLAN}|{_THIS_PLAN} (?:được )?(?:{_ISSUING}))"
    r"|(?:the )?(?:day (?:of )?)?(?:the )?(?:(?:issue|signing) of this plan|this plan (?:is|was) (?:issued|signed))"
)
# Words that may stand around the id of a stage and change nothing: khi (tổ chức) hoi-nghi (kết thúc).
_AROUND = frozenset(
    {"ngày", "khi", "tổ", "chức", "diễn", "ra", "hoàn", "thành", "kết", "thúc", "khai", "bế", "mạc", "có", "xong"}
    | {"được", "gửi", "the", "of", "is", "done"}
)
# What is a place or a paper is no happening: tại Hội trường, tại Phụ lục I.
_PLACES = re.compile(
    r"(hội trường|trụ sở|phòng|nhà|sở|ubnd|ủy ban|uỷ ban|xã|huyện|tỉnh|thành phố|thị xã|địa bàn|địa phương|các|cơ quan"
    r"|đơn vị|phụ lục|điểm|khoản|điều|mục|số|văn bản|kế hoạch|quyết định|nghị định|nghị quyết|thông tư|công văn)(?!\w)"
)


def apart(context: Context, form: Apart) -> Deadline:
    """So long before or after an anchor. Raises PhraseError."""
    fields: dict[str, Any] = {"unit": form.unit, "direction": form.direction}
    if form.amount is None:
        fields["amount"] = 1
        context.infer("amount")
    elif not 1 <= form.amount <= _MOST[form.unit]:
        raise context.refusal(form.anchor.start, _("an amount of {amount} is out of range").format(amount=form.amount))
    else:
        fields["amount"] = form.amount
    if form.unit == "month" and form.direction == "before" and form.anchor.day:
        context.warn(_("read as that long before the date; the report of so many months is written otherwise"))
    fields |= _anchored(context, form.anchor, counted=form.amount is not None)
    fields["time"] = context.clock(DayForm(clock=form.clock, at=form.anchor.start))
    return Relative(**fields, **context.common())


def at(context: Context, form: At) -> Deadline:
    """`tại`, `cùng ngày`, `trong`, `nhân`: a stage (its own day), an occasion (each year), else a happening.

    Raises PhraseError.
    """
    words = _words(context, form.anchor)
    if (occasion := words.lower()) in context.occasions:
        return _occasion(context, occasion)
    named = {} if form.how == "occasion" else _anchored(context, form.anchor, counted=False)
    if named.get("anchor_is_stage"):
        return Relative(amount=0, unit="day", direction="before", **named, **context.common())
    if form.how == "inside":
        raise context.refusal(
            form.anchor.start, _("neither a stage nor an occasion: {words}").format(words=words), EXPECTED_INSIDE
        )
    if _PLACES.match(" ".join(words.lower().split())):
        raise context.refusal(form.anchor.start, _("“{words}” is a place or a paper, no happening").format(words=words))
    if form.yearly:
        return Recurring(every=None, issued=context.issued, anchor=words, **context.common())
    return Event(anchor=words, **context.common())


EXPECTED_INSIDE = ("trong tháng 9/2024", "trong quý I/2020", "trong vòng 5 ngày kể từ …")


def _occasion(context: Context, slug: str) -> Deadline:
    first, last = context.occasions[slug]
    window: dict[str, Any] = {"every": None, "dates": (last,), "starts": (first,), "anchor": slug}
    context.infer("period")
    return Recurring(**window, issued=context.issued, **context.common())


def _words(context: Context, anchor: Anchor) -> str:
    return context.text[anchor.start : anchor.end].rstrip(" .;:")


def _anchored(context: Context, anchor: Anchor, counted: bool) -> dict[str, Any]:
    if anchor.day:
        day = dated(context, anchor.day)
        return {"anchor": day.isoformat(), "anchor_day": day}
    words = _words(context, anchor)
    if stage := _stage(context, anchor, words):
        return {"anchor": stage, "anchor_is_stage": True}
    if _OWN_ISSUE.fullmatch(" ".join(words.lower().split())):
        return {"anchor": words, "anchor_day": context.issued}
    if amount_in_words(words.lower()) is not None:
        raise context.refusal(anchor.start, _("an amount in words that is not known: write it in figures"))
    if _ENDS_IN_DATE.search(words) or (not counted and _DIGIT.search(words)):
        raise context.refusal(anchor.start, _("a date behind words that are not understood"))
    if _DAY_OF_A_COUNT.match(words.lower()):
        raise context.refusal(anchor.start, _("the first or last working day of a month is no date: name the day"))
    if _SPEAKERS_TIME.fullmatch(words.lower()):
        raise context.refusal(anchor.start, _("a plan cannot say “{words}”: name the day").format(words=words))
    return {"anchor": words}


def _stage(context: Context, anchor: Anchor, words: str) -> str | None:
    """The stage an anchor names. Where the plan's stages are known, a slug that is none is a mistake, and so is a
    stage among other words."""
    parts = words.lower().split()
    named = [part for part in parts if part in context.stages]
    if len(named) == 1 and all(part in _AROUND for part in parts if part != named[0]):
        return named[0]
    if named:
        others = " ".join(part for part in parts if part != named[0])
        text = _("beside the stage {id} stands what is not understood: {words}")
        raise context.refusal(anchor.start, text.format(id=named[0], words=others))
    if context.stages:
        for part in parts:
            if _SLUG.fullmatch(part) and part not in context.occasions:
                near = nearest(part, context.stages)
                raise context.refusal(anchor.start, _("no stage has the id {id}").format(id=part) + near)
    return None
