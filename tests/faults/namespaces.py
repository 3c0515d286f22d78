"""Machines of a kind: network namespaces, each with a line to the database and another to the mail server."""

import os
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

NET = "10.213"  # of ours alone: two lines a machine, four addresses each

MAIL = f"{NET}.1.5"  # the address of the mail server, for all


@dataclass(frozen=True)
class Machine:
    """Its own addresses end in .2 and .6, those on this side in .1 (the database's line) and .5 (the mail's)."""

    number: int

    @property
    def name(self) -> str:
        return f"kh{os.getpid()}-{self.number}"

    @property
    def database(self) -> str:
        """The address at which it finds the server."""
        return f"{NET}.{self.number}.1"

    @property
    def inside(self) -> tuple[str, ...]:
        """What stands before a command that is to run there."""
        return "ip", "netns", "exec", self.name

    def cut(self) -> None:
        """Nothing of the database's line gets through any more, and nobody is told."""
        _ip("link", "set", self._line("d"), "down")

    def mend(self) -> None:
        _ip("link", "set", self._line("d"), "up")

    def make(self) -> None:
        _ip("netns", "add", self.name)
        for kind, last in (("d", 1), ("m", 5)):
            here, there, net = self._line(kind), f"{kind}0", f"{NET}.{self.number}"
            _ip("link", "add", here, "type", "veth", "peer", "name", there, "netns", self.name)
            _ip("address", "add", f"{net}.{last}/30", "dev", here)
            _ip("link", "set", here, "up")
            _ip("-n", self.name, "address", "add", f"{net}.{last + 1}/30", "dev", there)
            _ip("-n", self.name, "link", "set", there, "up")
        if self.number > 1:
            _ip("-n", self.name, "route", "add", MAIL, "via", f"{net}.5")
        _ip("-n", self.name, "link", "set", "lo", "up")

    def drop(self) -> None:
        """The lines first: with the namespace they would go at some later time."""
        for words in (("link", "delete", self._line("d")), ("link", "delete", self._line("m")),
                      ("netns", "delete", self.name)):  # fmt: skip
            subprocess.run(["ip", *words], check=False, capture_output=True)

    def _line(self, kind: str) -> str:
        return f"k{kind}{os.getpid()}-{self.number}"


def _ip(*words: str) -> None:
    subprocess.run(["ip", *words], check=True, capture_output=True)


@contextmanager
def machines(number: int) -> Iterator[list[Machine]]:
    """So many of them, for as long as the block lasts."""
    found = [Machine(place) for place in range(1, number + 1)]
    try:
        for machine in found:
            machine.make()
        yield found
    finally:
        for machine in found:
            machine.drop()


def why_not() -> str:
    """Why there can be none here; nothing where there can."""
    if shutil.which("ip") is None:
        return "needs the program ip"
    try:
        with machines(1):
            return ""
    except subprocess.CalledProcessError as error:
        return f"no network namespaces here: {error.stderr.decode().strip()}"
