"""A mail server in a process of its own, which survives what is killed around it and writes down what it accepted."""

import hashlib
import json
import os
import re
import socket
import threading
import time
from collections import Counter
from email import message_from_bytes
from pathlib import Path
from typing import Any


class MailServer:
    """`refused` to an address that begins with `dead`; every other mail is accepted at the dot, and logged before."""

    def __init__(self, log: Path, host: str = "127.0.0.1"):
        self.log = log
        self.log.touch()
        listener = socket.create_server((host, 0))
        self.port = int(listener.getsockname()[1])
        self.process = os.fork()
        if not self.process:
            self._serve(listener)
        listener.close()

    def _serve(self, listener: socket.socket) -> None:
        while True:
            connection, _peer = listener.accept()
            self._note({"event": "open"})
            threading.Thread(target=self._talk, args=(connection,), daemon=True).start()

    def _note(self, line: dict[str, Any]) -> None:
        with self.log.open("a", encoding="utf-8") as log:
            log.write(json.dumps(line) + "\n")

    def _talk(self, connection: socket.socket) -> None:
        try:
            with connection, connection.makefile("rb") as lines:
                connection.sendall(b"220 here\r\n")
                self._dialogue(connection, lines)
        except OSError:
            pass
        finally:
            self._note({"event": "close"})

    def _dialogue(self, connection: socket.socket, lines: Any) -> None:
        recipient = ""
        while line := lines.readline():
            verb = line[:4].upper()
            if verb == b"RCPT":
                recipient = line.decode().partition("<")[2].partition(">")[0]
                connection.sendall(b"550 nobody here\r\n" if recipient.startswith("dead") else b"250 ok\r\n")
            elif verb == b"DATA":
                connection.sendall(b"354 go on\r\n")
                self._accept(connection, lines, recipient)
            elif verb == b"QUIT":
                connection.sendall(b"221 bye\r\n")
                return
            else:
                connection.sendall(b"250 ok\r\n")

    def _accept(self, connection: socket.socket, lines: Any, recipient: str) -> None:
        parts: list[bytes] = []
        while (line := lines.readline()) not in (b".\r\n", b""):
            parts.append(line)
        if line:
            raw = b"".join(parts)
            mail = message_from_bytes(raw)
            digest = hashlib.sha256(re.sub(rb"(?m)^Date:.*\r\n", b"", raw)).hexdigest()
            self._note({"event": "mail", "to": recipient, "id": mail["Message-ID"], "digest": digest})
            connection.sendall(b"250 accepted\r\n")

    def mails(self) -> list[dict[str, Any]]:
        """What was accepted since `forget`, once nobody is connected any more."""
        while True:
            lines = [json.loads(line) for line in self.log.read_text("utf-8").splitlines()]
            counts = Counter(line["event"] for line in lines)
            if counts["open"] == counts["close"]:
                return [line for line in lines if line["event"] == "mail"]
            time.sleep(0.001)

    def forget(self) -> None:
        self.mails()
        self.log.write_text("")

    def stop(self) -> None:
        os.kill(self.process, 9)
        os.waitpid(self.process, 0)
