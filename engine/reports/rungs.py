"""A rung in words: when it falls due, and what must still be so."""

from engine.i18n import N_, _
from engine.ladders import Rung
from engine.reports.explain import UNITS

ON_THE_DAY = {"opening": N_("when the task opens"), "deadline": N_("on the day named")}
WHEN = {
    ("deadline", "before"): N_("{amount} before the last day"),
    ("deadline", "after"): N_("{amount} after the deadline"),
    ("opening", "after"): N_("{amount} after the opening"),
    ("submission", "after"): N_("{amount} after the hand-in"),
    ("return", "after"): N_("{amount} after it was sent back"),
}
BEFORE_THE_WINDOW = N_("{amount} before the window")
RAISED = {
    "remind": N_("an extra reminder, by hand"),
    "remind-overdue": N_("an extra reminder, by hand"),
    "stood-still": N_("nothing ran for a whole working day"),
    "unit-ended": N_("its unit has ended, nobody took it over yet"),
    "taken-in": N_("another unit's work became part of it"),
}
STILL = {
    "not-acknowledged": N_("not acknowledged yet"),
    "not-submitted": N_("not handed in yet"),
    "not-accepted": N_("not accepted yet"),
    "undated": N_("still without a date"),
    "not-fixed": N_("date not fixed yet"),
}


def in_words(rung: Rung, occurrence: int = 1) -> str:
    """`3 working days after the deadline; not handed in yet; 2nd time`."""
    if rung.id in RAISED:
        return _(RAISED[rung.id])
    parts = [_when(rung)]
    if rung.condition:
        parts.append(_(STILL[rung.condition]))
    if occurrence > 1:
        parts.append(_("time {n}").format(n=occurrence))
    return "; ".join(parts)


def _when(rung: Rung) -> str:
    when = rung.when
    if not when.amount:
        return _(ON_THE_DAY.get(when.anchor, ON_THE_DAY["deadline"]))
    amount = UNITS[when.unit](when.amount)
    text = BEFORE_THE_WINDOW if rung.condition == "not-fixed" else WHEN.get((when.anchor, when.direction))
    return _(text).format(amount=amount) if text else amount
