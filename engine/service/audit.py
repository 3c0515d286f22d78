"""The log is sealed as it grows, and looked through for whatever was changed behind the program's back."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from engine import seals, store
from engine.db import one_at_a_time, reading, writing
from engine.errors import BadValue
from engine.i18n import _
from engine.office import Office
from engine.seals import SealRow

ANCHORED = "anchor"  # the heartbeat of the last anchor


def seal(office: Office, now: datetime) -> int:
    """Seal what was entered since; how many entries. Idempotent, and next to nothing where nothing was."""
    with reading(office.engine) as connection:
        entry, sealed = seals.newest(connection)
    if entry == sealed:
        return 0
    done = 0
    while True:
        with writing(office.engine) as connection:
            one_at_a_time(connection, "seal")
            some = seals.seal_next(connection, now)
        if not some:
            return done
        done += some


@dataclass(frozen=True)
class Verified:
    """What was found wrong, how long the chain is, and how many entries are not sealed yet."""

    problems: tuple[str, ...]
    links: int
    entries: int
    unsealed: int


def verify(office: Office, anchor: dict[str, Any] | None = None) -> Verified:
    """Compute every link again, and compare with an anchor kept elsewhere."""
    with reading(office.engine) as connection:
        return verify_in(connection, anchor)


def verify_in(connection: Connection, anchor: dict[str, Any] | None = None) -> Verified:
    """The same for a store at hand, such as a backup."""
    chain = seals.seals(connection)
    problems = [*_chain_problems(connection, chain), *_anchor_problems(chain, anchor)]
    loose = seals.tail(connection)
    _newest, sealed = seals.newest(connection)
    if connection.dialect.name == "sqlite":  # one writer: an entry below a sealed one was put in afterwards
        early = [number for number in loose if number < sealed]
        problems += [_("entry {id} was put in among sealed ones").format(id=number) for number in early]
    return Verified(tuple(problems), len(chain), sum(link.entries for link in chain), len(loose))


def _chain_problems(connection: Connection, chain: list[SealRow]) -> Iterator[str]:
    previous = seals.START
    for expected, link in enumerate(chain, start=1):
        if link.position != expected or link.previous != previous:
            yield _("link {position} does not follow the one before it").format(position=link.position)
        previous = link.digest
        entries = seals.entries_of(connection, link.position)
        lost = seals.lost_entries(connection, link.position)
        yield from (_("entry {id} is missing").format(id=number) for number in lost)
        if not lost and seals.digest_of(link.previous, entries) != link.digest:
            span = f"{entries[0].id}–{entries[-1].id}" if entries else "–"
            text = _("link {position}: an entry of {span} was changed, taken out or put in")
            yield text.format(position=link.position, span=span)


def _anchor_problems(chain: list[SealRow], anchor: dict[str, Any] | None) -> Iterator[str]:
    if anchor is None:
        return
    link = next((item for item in chain if item.position == anchor["position"]), None)
    if link is None and anchor["position"]:
        text = _("link {position} of the anchor is not there: the end of the log was cut off")
        yield text.format(position=anchor["position"])
    elif link is not None and link.digest != anchor["digest"]:
        yield _("link {position} is not the one of the anchor: the log was written anew").format(position=link.position)


def anchor_of(office: Office, now: datetime) -> dict[str, Any]:
    """Seal all there is; the end of the chain, to be kept where whoever holds the database cannot reach it."""
    seal(office, now)
    with writing(office.engine) as connection:
        store.beat(connection, ANCHORED, now)
        last = seals.last_seal(connection)
    if last is None:
        return {"position": 0, "digest": seals.START, "at": now}
    return {"position": last.position, "digest": last.digest, "at": last.at}


def read_anchor(path: Path) -> dict[str, Any]:
    """Raises BadValue for a file that is no anchor."""
    try:
        found = json.loads(path.read_text("utf-8"))
        return {"position": int(found["position"]), "digest": str(found["digest"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise BadValue(_("{path} is no anchor: kh audit anchor writes one").format(path=path)) from error
