"""What comes with a hand-in: which outputs, in which form, with which paper and files; and what goes back with it."""

import json
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import lru_cache
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine import files, handins, pieces, store
from engine.clock import iso_day, local_date, shown_day
from engine.db import writing
from engine.errors import BadValue, Conflict, IllegalMove, NotFound, Unavailable
from engine.files import Paper
from engine.i18n import _, first_of
from engine.machine import Act, Step
from engine.office import Office
from engine.pieces import Piece
from engine.plan.model import Output, Stage
from engine.rows import HandInRow, TaskRow
from engine.service import quotas
from engine.settle import Settling
from engine.states import RECEIVED, TO_HAND_IN, Trigger, allowed_triggers, state_label

ARRIVAL = "arrival"  # the entry of a part that came; with the last one owed the task is submitted
MOST_TOLD = 5
_DAY_OF_PAPER = re.compile(r"[\s,]([0-9]{4}-[0-9]{2}-[0-9]{2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{4})$")


@dataclass(frozen=True, slots=True)
class Handing:
    """What is said to have come. Nothing said: every output, in every form, as many as the plan asks for."""

    outputs: Mapping[str, int | None] = field(default_factory=dict)  # name → how many, None as the plan has it
    form: str | None = None
    files: Sequence[tuple[str | None, Paper]] = ()  # for the output of that name; None: the only one
    counts: Mapping[str, quotas.Count] = field(default_factory=dict)  # by quota

    @property
    def is_partial(self) -> bool:
        return bool(self.outputs or self.form)


ALL = Handing()
_NUMBERED = re.compile(r"(.+)=([1-9][0-9]{0,6})")


def read_handing(
    office: Office, outputs: Sequence[str], form: str | None, papers: Sequence[str], counts: Sequence[str]
) -> Handing:
    """From the words of a command: NAME[=COUNT], FORM, [NAME=]PATH, QUOTA=C+I. The files are looked at now.

    Raises BadValue for what cannot be read.
    """
    numbers = [(match[1], int(match[2])) if (match := _NUMBERED.fullmatch(text)) else (text, None) for text in outputs]
    found = [_read_file(office, text) for text in papers]
    return Handing(dict(numbers), form, found, dict(map(quotas.read_count, counts)))


def _read_file(office: Office, text: str) -> tuple[str | None, Paper]:
    """A path may have an equals sign too: what is there as it stands is a path."""
    name, equals, path = text.partition("=")
    named = bool(equals and path) and not os.path.lexists(text)
    return name if named else None, files.look_at(Path(path if named else text), office.settings.file_limit)


@contextmanager
def keeping(office: Office, handing: Handing) -> Iterator[None]:
    """Whatever happens inside, in the end no file stays behind that nothing refers to."""
    fresh = {paper.digest for _name, paper in handing.files if not files.place(office.files, paper.digest).exists()}
    try:
        yield
    finally:
        if fresh:
            with suppress(Unavailable), writing(office.engine) as connection:
                for digest in fresh:
                    if not handins.has_file(connection, digest):
                        files.drop(office.files, digest)


def receive(settling: Settling, steps: Sequence[Step], handing: Handing, act: Act) -> "Received":
    """Record what came with each submission.

    Raises IllegalMove, NotFound and BadValue for what the plan does not take, Conflict for what is there already.
    """
    for _name, paper in handing.files:
        files.keep(settling.office.files, paper)
    before = handins.valid(settling.connection, [step.task.id for step in steps])
    wanted = {name: Wanted(settling.blueprint.plan.stages[name]) for name in {step.task.stage for step in steps}}
    parcels = [
        Parcel(settling, step, wanted[step.task.stage], handing, act, before.get(step.task.id, ())) for step in steps
    ]
    if problems := [text for parcel in parcels for text in parcel.problems()]:
        raise BadValue(first_of(problems, MOST_TOLD, "; "))
    rows = [parcel.rows() for parcel in parcels]
    ids = iter(handins.add(settling.connection, [row for some in rows for row in some]))
    received = Received()
    for parcel, some in zip(parcels, rows, strict=True):
        data: dict[str, Any] = {"hand_ins": [next(ids) for _row in some]}
        if not parcel.submits:
            data["text"] = pieces.told(list(parcel.new))
        step = parcel.step.telling(data)
        (received.whole if parcel.submits else received.parts).append(step)
        received.missing[step.task.id] = parcel.missing
    return received


@dataclass
class Received:
    whole: list[Step] = field(default_factory=list)  # the submissions of tasks for which all that is owed is there
    parts: list[Step] = field(default_factory=list)  # the others, of which a part came
    missing: dict[int, list[Piece]] = field(default_factory=dict)  # by task


class Wanted:
    """What a stage takes: worked out once for all its tasks."""

    def __init__(self, stage: Stage):
        self.outputs = stage.outputs
        self.pieces, self.owed = pieces.pieces(stage), pieces.owed(stage)
        self.counts = {output.name: output.count for output in stage.outputs}
        self.required = [output for output in stage.outputs if output.required]


class Parcel:
    """What came for one task at one time."""

    def __init__(
        self, settling: Settling, step: Step, wanted: Wanted, handing: Handing, act: Act, before: Sequence[HandInRow]
    ):
        self.step, self.wanted, self.handing, self.act, self.before = step, wanted, handing, act, before
        self.task: TaskRow = step.task
        self.moment: datetime = step.happened_at or act.happened_at
        self.doc = step.doc or act.doc
        self.in_turn = self.task.state in TO_HAND_IN
        if not self.in_turn and not (handing.is_partial and self.task.state in RECEIVED):
            allowed = allowed_triggers(self.task.state)
            raise IllegalMove(self.task.selector, Trigger.SUBMIT, state_label(self.task.state), allowed)
        self.there = pieces.there(before)
        self.numbered = self._is_numbered(settling.office.zone)
        self.new = self._new()
        self.missing = pieces.missing(wanted.owed, {*self.there, *self.new})
        self.files = self._files()
        for quota in handing.counts:
            quotas.require(settling.blueprint, self.task, quota)

    @property
    def submits(self) -> bool:
        return self.in_turn and not self.missing

    def _is_numbered(self, zone: str) -> bool:
        """Does the paper bear number and date? Raises BadValue where it is dated after its arrival."""
        number, day = read_paper(self.doc or "")
        if day and day > (arrived_on := local_date(self.moment, zone)):
            text = _("{task}: the paper is dated {day}, after its arrival on {arrival}")
            days = {"day": shown_day(day), "arrival": shown_day(arrived_on)}
            raise BadValue(text.format(task=self.task.selector, **days))
        return bool(number and day)

    def _new(self) -> dict[Piece, int]:
        """The pieces that came, each with its number."""
        numbers = self._numbers()
        wanted = [piece for piece in self.wanted.pieces if piece.output in numbers]
        if self.handing.form is not None:
            form = self._known(_("form"), self.handing.form, [piece.form for piece in wanted if piece.form])
            wanted = [piece for piece in wanted if piece.form == form]
        if self.handing.is_partial and self.there.issuperset(wanted):
            text = _("{task}: {pieces} came already")
            raise Conflict(text.format(task=self.task.selector, pieces=pieces.told(wanted)))
        return {piece: numbers[piece.output] for piece in wanted if piece not in self.there}

    def _numbers(self) -> dict[str, int]:
        """output → how many came of it."""
        planned = self.wanted.counts
        if not self.handing.outputs:
            return planned or {pieces.WHOLE.output: 1}
        named = {self._known(_("output"), name, planned): count for name, count in self.handing.outputs.items()}
        return {name: planned[name] if count is None else count for name, count in named.items()}

    def _known(self, kind: str, text: str, names: Sequence[str] | Mapping[str, Any]) -> str:
        found = pieces.find(text, names)
        if found is None:
            raise NotFound(kind, f"{text} ({self.task.selector})", names)
        return found

    def _files(self) -> dict[str, list[Paper]]:
        """output → its files."""
        found: dict[str, list[Paper]] = {}
        outputs = list(dict.fromkeys(piece.output for piece in self.new))
        for name, paper in self.handing.files:
            if name is None and len(outputs) != 1:
                text = _("{task}: of which output is {file}? write --file NAME=PATH: {names}")
                names = ", ".join(outputs)
                raise BadValue(text.format(task=self.task.selector, file=paper.name, names=names))
            found.setdefault(outputs[0] if name is None else self._known(_("output"), name, outputs), []).append(paper)
        return found

    def problems(self) -> Iterator[str]:
        """What required outputs still need."""
        for output in self.wanted.required:
            number = min((number for piece, number in self.new.items() if piece.output == output.name), default=None)
            if number is not None and number < output.count:
                text = _("{task}: {output}: only {n} of {count}")
                yield text.format(task=self.task.selector, output=output.name, n=number, count=output.count)
            if self.submits and not self._is_proved(output):
                text = _(
                    "{task}: {output} needs number and date of its paper (--doc “12/BC-UBND, 2020-03-26”) or a --file"
                )
                yield text.format(task=self.task.selector, output=output.name)

    def _is_proved(self, output: Output) -> bool:
        now = self.files.get(output.name) or (self.numbered and any(piece.output == output.name for piece in self.new))
        return bool(now) or any(
            row.file or all(read_paper(row.doc or "")) for row in self.before if row.output == output.name
        )

    def rows(self) -> list[dict[str, Any]]:
        """One for each piece, with the first file of its output; one for each further file; one for each quota."""
        found, papers = [], dict(self.files)
        for piece, number in self.new.items():
            some = papers.pop(piece.output, [])
            found.append(self._row(*piece, number, some[0] if some else None))
            found += [self._row(*piece, 0, paper) for paper in some[1:]]
        for quota, count in self.handing.counts.items():
            found.append({**self._row(*pieces.WHOLE, 0, None), "quota": quota, **count._asdict()})
        return found

    def _row(self, output: str, form: str, number: int, paper: Paper | None) -> dict[str, Any]:
        return {
            "task_id": self.task.id, "output": output, "form": form, "doc": self.doc, "pieces": number,
            "quota": "", "collective": 0, "individual": 0,
            "file": paper.digest if paper else None, "file_name": paper.name if paper else None,
            "file_size": paper.size if paper else None, "arrived_at": self.moment, "actor": self.act.actor,
        }  # fmt: skip


@lru_cache(maxsize=256)  # one paper covers many tasks
def read_paper(doc: str) -> tuple[str, date | None]:
    """Number and date of a paper, as far as they are told: `12/BC-UBND, 2020-03-26` or `…, 26/3/2020`.

    Raises BadValue for a day that does not exist.
    """
    match = _DAY_OF_PAPER.search(doc.rstrip())
    if match is None:
        return doc.strip(), None
    try:
        found = date.fromisoformat(iso_day(match[1]))
    except ValueError as error:
        raise BadValue(_("{doc}: there is no such day").format(doc=doc)) from error
    number = doc[: match.start()].rstrip(" ,")
    return number if any(char.isdigit() for char in number) else "", found


def save_files(office: Office, connection: Connection, task: TaskRow, into: Path) -> list[Path]:
    """Copy out every file that was handed in for a task, returned or not. Raises BadValue for none, Unavailable."""
    rows = handins.every(connection, task.id)
    named = dict.fromkeys((row.file, row.file_name) for row in rows if row.file and row.file_name)
    if not named:
        raise BadValue(_("{task}: no file was handed in").format(task=task.selector))
    return [files.save(office.files, digest, name, into) for digest, name in named]


def give_back(settling: Settling, steps: Sequence[Step], act: Act) -> list[Step]:
    """What was handed in for these tasks counts no more: they are returned."""
    found = handins.valid(settling.connection, [step.task.id for step in steps])
    told = []
    for step in steps:
        ids = [row.id for row in found.get(step.task.id, ())]
        handins.set_void(settling.connection, ids, step.happened_at or act.happened_at)
        told.append(step.telling({"hand_ins": ids}))
    return told


def void_last(connection: Connection, task: TaskRow, at: datetime) -> None:
    """What came with the task's last submission or arrival counts no more: the entry is undone."""
    handins.set_void(connection, _hand_ins_of_last(connection, task, Trigger.SUBMIT, ARRIVAL), at)


def restore_last(connection: Connection, task: TaskRow, _at: datetime) -> None:
    """What the task's last return made void counts again: the return is undone."""
    handins.set_void(connection, _hand_ins_of_last(connection, task, Trigger.RETURN), None)


def _hand_ins_of_last(connection: Connection, task: TaskRow, *triggers: str) -> list[int]:
    entry = store.last_entry_id(connection, task.id, triggers)
    found = store.find_entry(connection, entry) if entry else None
    return list(json.loads(found.data).get("hand_ins", ())) if found else []
