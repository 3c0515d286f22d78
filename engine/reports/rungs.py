"""A rung in words: when it falls due, and what must still be so."""

from engine.i18n import N_, _
from engine.ladders import MANUAL_RUNGS, Rung
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
STILL = {
    "not-acknowledged": N_("not acknowledged yet"),
    "not-submitted": N_("not handed in yet"),
    "not-accepted": N_("not accepted yet"),
    "undated": N_("still without a date"),
    "not-fixed": N_("date not fixed yet"),
    "to-hand-over": N_("its unit has ended, nobody took it over yet"),
}


def in_words(rung: Rung, occurrence: int = 1) -> str:
    """`3 working days after the deadline; not handed in yet; 2nd time`."""
    parts = [_("out of turn") if rung.id in MANUAL_RUNGS else _when(rung)]
    if rung.condition in STILL:
        parts.append(_(STILL[rung.condition]))
    if occurrence > 1:
        parts.append(_("time {n}").format(n=occurrence))
    return "; ".join(parts)


def _when(rung: Rung) -> str:
    when = rung.when
    if not when.amount:
        return _(ON_THE_DAY.get(when.anchor, ON_THE_DAY["deadline"]))
    amount = _(UNITS[when.unit]).format(n=when.amount)
    text = BEFORE_THE_WINDOW if rung.condition == "not-fixed" else WHEN.get((when.anchor, when.direction))
    return _(text).format(amount=amount) if text else amount
