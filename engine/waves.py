"""How a morning is parted: by address, a few hundred decisions a wave, and whoever coordinates in the last."""

from array import array
from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from datetime import datetime

from sqlalchemy import Connection

from engine import outbox, store
from engine.addressing import addresses_of
from engine.clock import local_date
from engine.office import Office, Register, in_charge

WAVE = 250  # decisions: others write between two waves, and the texts of only one are in memory


def waves(office: Office, connection: Connection, now: datetime) -> list["array[int]"]:
    """The ids of the decisions to release, wave by wave, but for those that come last.

    What goes to one address is one message, so it is in one wave. What cannot be delivered joins the message of who
    coordinates: they, and all that share an address with them, are left for the end.
    """
    ready = outbox.ready_by_recipient(connection, now)
    today = local_date(now, office.zone)
    ways: dict[str, list[Hashable]] = {}
    last: set[str] = set()
    for instance in (row for row in store.instances(connection) if row.id in ready):
        register = Register(connection, instance.directory)
        last.update(in_charge(office.blueprint(connection, instance), register, today))
        for some in store.chunks(list(ready[instance.id])):
            register = Register(connection, instance.directory)  # another, so that the units of all are never kept
            register.load(recipient.partition("#")[0] for recipient in some)
            for recipient in some:
                ways.setdefault(recipient, []).extend(addresses_of(register, recipient, today))
    return list(_filled(ready.values(), (group for group in _together(ways) if last.isdisjoint(group))))


def _together(ways: Mapping[str, Iterable[Hashable]]) -> list[list[str]]:
    """Recipients in groups, so that no address is in two of them."""
    above: dict[Hashable, Hashable] = {}

    def top(node: Hashable) -> Hashable:
        while above.setdefault(node, node) != node:
            above[node] = node = above[above[node]]
        return node

    for recipient, addresses in ways.items():
        for address in addresses:
            above[top(address)] = top(recipient)
    groups: dict[Hashable, list[str]] = defaultdict(list)
    for recipient in ways:
        groups[top(recipient)].append(recipient)
    return list(groups.values())


def _filled(ready: Iterable[Mapping[str, "array[int]"]], groups: Iterable[list[str]]) -> Iterator["array[int]"]:
    """Whole groups together until a wave is full."""
    wave = array("q")
    for group in groups:
        for recipients in ready:
            for name in group:
                wave.extend(recipients.get(name, ()))
        if len(wave) >= WAVE:
            yield wave
            wave = array("q")
    if wave:
        yield wave
