"""A wire between a program and its PostgreSQL server, which is cut in the middle of a commit."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from sqlalchemy import make_url

COMMIT = b"COMMIT"


class Wire:
    """Passes on all that is said, on a port of its own.

    Of `cut_at`, counted down with each commit, the one at which it reaches nought is cut: before the server hears of
    it or, `reached`, when its answer is under way back.
    """

    def __init__(self, server: tuple[str, int]):
        self.server = server
        self.cut_at, self.reached, self.cuts = 0, False, 0
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listener.getsockname()[1])
        threading.Thread(target=self._listen, daemon=True).start()

    def cut(self, number: int, *, reached: bool) -> None:
        """The commit that is to be cut, counted from now on; 0 for none."""
        self.cut_at, self.reached = number, reached

    def _listen(self) -> None:
        with suppress(OSError):
            while True:
                client, _peer = self.listener.accept()
                threading.Thread(target=self._talk, args=(client,), daemon=True).start()

    def _talk(self, client: socket.socket) -> None:
        server = socket.create_connection(self.server)
        answering = threading.Event()  # the next answer is the one that gets lost
        back = threading.Thread(target=self._answer, args=(server, client, answering), daemon=True)
        back.start()
        with suppress(OSError):
            while (data := client.recv(1 << 16)) and not self._lost(data, server, answering):
                server.sendall(data)
        if not answering.is_set():
            _end(server)
        back.join()
        _end(client)
        _end(server)

    def _lost(self, data: bytes, server: socket.socket, answering: threading.Event) -> bool:
        if COMMIT not in data or not self.cut_at:
            return False
        self.cut_at -= 1
        if self.cut_at:
            return False
        self.cuts += 1
        if self.reached:
            answering.set()
            server.sendall(data)
        return True

    @staticmethod
    def _answer(server: socket.socket, client: socket.socket, answering: threading.Event) -> None:
        with suppress(OSError):
            while (data := server.recv(1 << 16)) and not answering.is_set():
                client.sendall(data)
        _end(client)


def _end(one: socket.socket) -> None:
    with suppress(OSError):
        one.shutdown(socket.SHUT_RDWR)
    one.close()


@contextmanager
def wire(url: str) -> Iterator[tuple[Wire, str]]:
    """A wire to the server of this address, and the address at its other end."""
    parsed = make_url(url)
    found = Wire((parsed.host or "127.0.0.1", parsed.port or 5432))
    try:
        yield found, parsed.set(host="127.0.0.1", port=found.port).render_as_string(hide_password=False)
    finally:
        _end(found.listener)
