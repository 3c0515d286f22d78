"""Web addresses that lead inside a network are not posted to, however they are spelt, unless the settings name them."""

import socket
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from conftest import SMALL, Hooks, Kh, Mailbox
from test_channels import H1, ON

from engine.channels.addresses import is_inside, refusal

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

INSIDE = [
    "127.0.0.1", "127.9.9.9", "0.0.0.0", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
    "198.18.0.1", "192.0.2.1", "224.0.0.1", "255.255.255.255", "240.0.0.1",
    "::1", "::", "fe80::1", "fe80::1%eth0", "fc00::1", "fd12::1", "ff02::1", "2001:db8::1", "fec0::1",
    "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:7f00:1", "::127.0.0.1", "64:ff9b::10.0.0.1", "2002:7f00:1::",
    "2001:0:7f00:1::f5ff:fffe",
]  # fmt: skip
OUTSIDE = ["8.8.8.8", "103.37.28.1", "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8"]
DISGUISED = [
    "2130706433",
    "0x7f000001",
    "0x7f.1",
    "127.1",
    "0177.0.0.1",
    "017700000001",
    "134744072",
    "1.2.3.4.5",
    "8.8.8.8.",
]


@pytest.mark.parametrize("address", INSIDE)
def test_inside(address: str) -> None:
    assert is_inside(address)
    assert "inside a network" in (refusal(address, ()) or "")
    assert refusal(address, (address,)) is None


@pytest.mark.parametrize("address", OUTSIDE)
def test_outside(address: str) -> None:
    assert not is_inside(address)


@pytest.mark.parametrize("host", DISGUISED)
def test_a_number_is_no_name(host: str) -> None:
    assert "is a number, not a name" in (refusal(host, ()) or "")


def test_names_that_lead_inside(monkeypatch: pytest.MonkeyPatch) -> None:
    found = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, 0)) for address in ("8.8.8.8", "10.0.0.7")]
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_words, **_options: found)
    assert refusal("one-good-one-bad.example.vn", ()) is not None
    assert refusal("One-Good.example.vn", {"one-good.example.vn"}) is None
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_words, **_options: found[:1])
    assert refusal("good.example.vn", ()) is None


@pytest.fixture
def posted(kh: Kh, plan_file: Callable[..., Path], monkeypatch: pytest.MonkeyPatch,
           mailbox: Mailbox) -> Callable[[str], dict[str, Any]]:  # fmt: skip
    """What became of a notice to an address, no inside address being allowed."""

    def post(contact: str) -> dict[str, Any]:
        monkeypatch.delenv("KH_WEBHOOK_ALLOW")
        path = plan_file(SMALL.replace(H1, f"contact: {{{contact}}}"))
        kh("start", str(path), "--id", "nho", "--at", ON)
        kh("tick", "--at", ON)
        (row,) = [row for row in kh("notices", "list", "--json").json if row["channel"] != "email"]
        return dict(row)

    return post


def test_a_notice_to_an_inside_address_is_a_dead_letter(
    posted: Callable[[str], dict[str, Any]],
    hooks: Hooks,
) -> None:
    row = posted(f'webhook: "{hooks.url}"')
    assert (row["status"], "127.0.0.1, inside a network" in row["reason"]) == ("dead", True)
    assert hooks.posts == []


@pytest.mark.parametrize(
    "address", ["http://user:word@127.0.0.1:1/", "https://[::ffff:127.0.0.1]/", "http://2130706433/"]
)
def test_dressed_up_addresses(posted: Callable[[str], dict[str, Any]], hooks: Hooks, address: str) -> None:
    assert posted(f'webhook: "{address}"')["status"] == "dead"


def test_a_name_that_answers_differently_the_second_time(
    posted: Callable[[str], dict[str, Any]],
    hooks: Hooks,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    answers = iter(["8.8.8.8"])
    real = socket.getaddrinfo

    def answer(host: Any, port: Any, *words: Any, **options: Any) -> Any:
        if host != "rebound.example.vn":
            return real(host, port, *words, **options)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers, "127.0.0.1"), port or 0))]

    monkeypatch.setattr(socket, "getaddrinfo", answer)
    row = posted(f'webhook: "{hooks.url.replace("127.0.0.1", "rebound.example.vn")}"')
    assert (row["status"], "leads to 127.0.0.1, inside a network" in row["reason"]) == ("dead", True)
    assert hooks.posts == []


def test_chat_services_of_ones_own_are_asked_the_same(
    posted: Callable[[str], dict[str, Any]],
    hooks: Hooks,
) -> None:
    row = posted(f'apprise: "{hooks.url.replace("http", "json")}/chat"')
    assert (row["status"], "inside a network" in row["reason"]) == ("dead", True)
    assert hooks.posts == []


def test_a_redirect_is_not_followed(kh: Kh, plan_file: Callable[..., Path], hooks: Hooks, mailbox: Mailbox) -> None:
    hooks.answer = f"{hooks.url}/elsewhere"
    path = plan_file(
        SMALL.replace(H1, f'contact: {{webhook: "{hooks.url}", apprise: "{hooks.url.replace("http", "json")}"}}')
    )
    kh("start", str(path), "--id", "nho", "--at", ON)
    kh("tick", "--at", ON)
    assert {path for path, _headers, _body in hooks.posts} == {"/"}
