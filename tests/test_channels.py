"""The other ways out: a signed webhook, files in a folder, chat services; several at once for one unit."""

import base64
import email
import email.policy
import hashlib
import hmac
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Hooks, Kh, Mailbox, text_of

from engine.channels import CHANNELS
from engine.plan.directory import Contact

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store

Write = Callable[..., Path]
ON = "2020-03-04T08:00"
H1 = "contact: {email: h1@t.example.vn}"


@pytest.fixture
def reached(kh: Kh, plan_file: Write) -> Callable[[str], Kh]:
    """The small plan, its first district reached as given."""

    def begin(contact: str) -> Kh:
        path = plan_file(SMALL.replace(H1, f"contact: {{{contact}}}"))
        kh("start", str(path), "--id", "nho", "--at", ON)
        return kh

    return begin


def statuses(kh: Kh) -> dict[str, str]:
    return {f"{row['channel']} {row['recipient'][:2]}": row["status"] for row in kh("notices", "list", "--json").json}


def test_a_channel_is_a_key_of_the_contact() -> None:
    assert set(CHANNELS) == set(Contact.model_fields) - {"phone"}


def test_a_webhook_gets_a_signed_body(reached: Callable[[str], Kh], mailbox: Mailbox, hooks: Hooks) -> None:
    kh = reached(f'webhook: "{hooks.url}/kh?x=1"')
    kh("tick", "--at", ON)
    ((path, headers, body),) = hooks.posts
    signed = f"{headers['x-kh-timestamp']}.".encode() + body
    expected = hmac.new(b"hush-hush", signed, hashlib.sha256).hexdigest()
    assert path == "/kh?x=1"
    assert headers["x-kh-signature"] == f"sha256={expected}"
    (row,) = [row for row in kh("notices", "list", "--json").json if row["channel"] == "webhook"]
    told = json.loads(body)
    assert headers["idempotency-key"] == told["message_id"] == row["message_id"]
    assert told["items"] == [{"task": "nho/bao-cao/h1", "rung": "opening", "severity": 0}]
    assert "Kính gửi: Huyện Một" in told["text"]
    assert [mail["To"] for mail in mailbox.mails] == ["h2@t.example.vn"]


@pytest.mark.parametrize(
    ("answer", "status", "why"),
    [
        (200, "sent", "200 OK"), (404, "dead", "404 Not Found"), (410, "dead", "410 Gone"),
        (408, "pending", "408 Request Timeout"), (429, "pending", "429 Too Many Requests"),
        (503, "pending", "503 Service Unavailable"), ("/elsewhere", "pending", "307"), (None, "pending", "may have"),
    ],
)  # fmt: skip
def test_what_a_webhook_answers_decides(
    reached: Callable[[str], Kh],
    mailbox: Mailbox,
    hooks: Hooks,
    monkeypatch: pytest.MonkeyPatch,
    answer: int | str | None,
    status: str,
    why: str,
) -> None:
    if answer is None:
        monkeypatch.setenv("KH_DELIVERY_TIMEOUT", "0.2")
    hooks.answer = answer
    kh = reached(f'webhook: "{hooks.url}"')
    kh("tick", "--at", ON)
    (row,) = [row for row in kh("notices", "list", "--json").json if row["channel"] == "webhook"]
    assert (row["status"], why in row["reason"]) == (status, True), row
    assert len(hooks.posts) == 1  # no redirect is followed


def test_without_a_secret_a_webhook_waits_and_the_mails_go_out(
    reached: Callable[[str], Kh], mailbox: Mailbox, hooks: Hooks, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("KH_WEBHOOK_SECRET")
    kh = reached(f'webhook: "{hooks.url}"')
    assert "1 message waits: no secret to sign with is set (KH_WEBHOOK_SECRET)" in kh("tick", "--at", ON).err
    assert len(mailbox.mails) == 1
    monkeypatch.setenv("KH_WEBHOOK_SECRET", "later")
    kh("tick", "--at", ON)
    assert len(hooks.posts) == 1
    assert "later" not in kh("doctor", ok=False).out


def test_one_channel_that_reaches_a_unit_is_enough(
    reached: Callable[[str], Kh], mailbox: Mailbox, hooks: Hooks
) -> None:
    hooks.answer = 410
    kh = reached(f'email: h1@t.example.vn, webhook: "{hooks.url}"')
    kh("tick", "--at", ON)
    assert statuses(kh) == {"email h1": "sent", "webhook ht": "dead", "email h2": "sent"}
    found = kh("notices", "why-not", "nho/bao-cao/h1", "--json").json
    assert [(row["recipient"], row["outcome"]) for row in found] == [("h1", "sent")]
    rows = kh("notices", "list", "--json").json
    assert [[item["task"] for item in row["items"]] for row in rows[:2]] == [["nho/bao-cao/h1"]] * 2


def test_a_unit_that_no_channel_reaches_joins_the_coordinator_s_message(
    reached: Callable[[str], Kh], mailbox: Mailbox, hooks: Hooks
) -> None:
    hooks.answer = 410
    mailbox.answer = lambda mail: "550 no" if mail["To"].startswith("h1") else "250 OK"
    kh = reached(f'email: h1@t.example.vn, webhook: "{hooks.url}"')
    kh("tick", "--at", ON)
    kh("tick", "--at", "2020-03-04T08:01")
    (mail,) = mailbox.to("so-a@t.example.vn")
    assert "Huyện Một" in text_of(mail)
    found = kh("notices", "why-not", "nho/bao-cao/h1", "--json").json
    assert [(row["recipient"], row["outcome"]) for row in found] == [("h1", "undeliverable"), ("so-a", "sent")]


def test_an_office_without_a_mail_server_finds_its_mails_in_a_folder(
    reached: Callable[[str], Kh], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KH_MAIL_FOLDER", str(tmp_path / "thu"))
    kh = reached("file: huyen-mot")
    kh("tick", "--at", ON)
    names = sorted(str(path.relative_to(tmp_path / "thu").parent) for path in (tmp_path / "thu").rglob("*.eml"))
    assert names == ["h2@t.example.vn", "huyen-mot"]
    (path,) = (tmp_path / "thu" / "huyen-mot").iterdir()
    mail = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert "Kính gửi: Huyện Một" in text_of(mail)  # type: ignore[arg-type]
    assert set(statuses(kh).values()) == {"sent"}


def test_a_chat_service_gets_the_text(reached: Callable[[str], Kh], mailbox: Mailbox, hooks: Hooks) -> None:
    kh = reached(f'apprise: "{hooks.url.replace("http", "json")}/chat"')
    hooks.answer = 500
    assert "1 to be tried again" in kh("tick", "--at", ON).err
    hooks.answer = 200
    kh("tick", "--at", "2020-03-04T08:02")
    told = json.loads(hooks.posts[-1][2])
    assert told["title"].startswith("[1/KH-UBND] Giao việc")
    assert "Kính gửi: Huyện Một" in told["message"]
    assert statuses(kh)["apprise js"] == "sent"


def test_a_chat_service_gets_what_is_attached(kh: Kh, plan_file: Write, mailbox: Mailbox, hooks: Hooks) -> None:
    chat = f'contact: {{apprise: "{hooks.url.replace("http", "json")}/chat"}}'
    kh("start", str(plan_file(SMALL.replace("contact: {email: so-a@t.example.vn}", chat))), "--id", "nho", "--at", ON)
    kh("tick", "--at", "2020-04-03T08:00")
    (file,) = json.loads(hooks.posts[-1][2])["attachments"]
    assert file["filename"] == "du-thao-cong-van-1.docx"
    assert base64.b64decode(file["base64"])[:2] == b"PK"


@pytest.mark.parametrize(
    ("contact", "said"),
    [
        ('apprise: "nowhere://x"', "apprise knows no such service: nowhere"),
        ('apprise: "no address"', "an address such as tgram://token/chat is expected here"),
        ('webhook: "ftp://x.vn/a"', "an address such as https://host/path is expected here"),
        ('webhook: "https://a["', "an address such as https://host/path is expected here"),
        ('file: "../x"', "KH016"),
    ],
)
def test_an_address_nothing_can_write_to_is_refused_where_it_stands(
    kh: Kh, plan_file: Write, tmp_path: Path, contact: str, said: str
) -> None:
    ran = kh("check", str(plan_file(SMALL.replace(H1, f"contact: {{{contact}}}"))), ok=False)
    assert (ran.code, said in ran.out + ran.err) == (1, True), ran
    directory = tmp_path / "danh-ba.yaml"
    directory.write_text(f"units:\n  h1: {{name: Huyện Một, level: district, contact: {{{contact}}}}}\n", "utf-8")
    ran = kh("units", "load", str(directory), ok=False)
    assert (ran.code, said in ran.out + ran.err) == (1, True), ran
