"""One unit, several channels: what counts as told, when the coordinator hears, what a crash or a retry repeats."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import SMALL, Hooks, Kh, Mailbox, text_of
from test_channels import H1, statuses
from test_notices import OWN_LADDER

Write = Callable[..., Path]
ON, NEXT, LATER = "2020-03-04T08:00", "2020-03-04T08:02", "2020-03-04T08:10"
REFUSED = "550 no such user"


@pytest.fixture
def started(kh: Kh, plan_file: Write, mailbox: Mailbox, hooks: Hooks) -> Kh:
    kh("start", str(plan_file(SMALL.replace(H1, on_both(hooks)))), "--id", "nho", "--at", ON)
    return kh


def on_both(hooks: Hooks) -> str:
    return f'contact: {{email: h1@t.example.vn, webhook: "{hooks.url}"}}'


def told(kh: Kh) -> list[tuple[str, str]]:
    """Who was to be told of the first district's task, and how that ended."""
    rows = kh("notices", "why-not", "nho/bao-cao/h1", "--json").json
    return [(row["recipient"], row["outcome"]) for row in rows]


def number_of(kh: Kh, channel: str) -> str:
    rows = kh("notices", "list", "--channel", channel, "--json").json
    return next(str(row["id"]) for row in rows if row["units"] == ["h1"])


def refuse_h1(mailbox: Mailbox) -> None:
    mailbox.answer = lambda mail: REFUSED if mail["To"].startswith("h1") else "250 OK"


def test_while_another_channel_may_yet_tell_nobody_is_alarmed(started: Kh, mailbox: Mailbox, hooks: Hooks) -> None:
    refuse_h1(mailbox)
    hooks.answer = 503
    started("tick", "--at", ON)
    assert told(started) == [("h1", "composed")]
    words = started("notices", "why-not", "nho/bao-cao/h1").out
    assert "email refused it: 550 no such user" in words
    assert "503 Service Unavailable; tried again at 04/03/2020 08:01 (webhook)" in words
    hooks.answer = 204
    started("tick", "--at", NEXT)
    assert told(started) == [("h1", "sent")]
    assert mailbox.to("so-a@t.example.vn") == []
    assert f"webhook: sent; email: refused – {REFUSED}" in started("notices", "why-not", "nho/bao-cao/h1").out
    assert "email: bị từ chối" in started("--lang", "vi", "notices", "why-not", "nho/bao-cao/h1").out


def test_told_once_is_told_and_the_other_channel_is_still_tried(started: Kh, mailbox: Mailbox, hooks: Hooks) -> None:
    hooks.answer = 503
    started("tick", "--at", ON)
    assert told(started) == [("h1", "sent")]
    hooks.answer = 410
    started("tick", "--at", NEXT)
    assert told(started) == [("h1", "sent")]
    assert mailbox.to("so-a@t.example.vn") == []
    assert len(hooks.posts) == 2
    started("notices", "retry", number_of(started, "webhook"), "--at", NEXT)
    assert told(started) == [("h1", "sent")]  # a second try takes nothing back
    hooks.answer = 204
    started("tick", "--at", LATER)
    assert statuses(started) == {"email h1": "sent", "webhook ht": "sent", "email h2": "sent"}
    assert len({headers["idempotency-key"] for _path, headers, _body in hooks.posts}) == 1


def test_a_retry_that_reaches_the_unit_takes_the_alarm_back(started: Kh, mailbox: Mailbox, hooks: Hooks) -> None:
    refuse_h1(mailbox)
    hooks.answer = 410
    started("tick", "--at", ON)
    assert told(started) == [("h1", "undeliverable"), ("so-a", "pending")]
    mailbox.answer = lambda _mail: "250 OK"
    started("notices", "retry", number_of(started, "email"), "--at", NEXT)
    started("tick", "--at", NEXT)
    assert told(started) == [("h1", "sent"), ("so-a", "done")]
    assert mailbox.to("so-a@t.example.vn") == []
    assert "reached after all" in started("notices", "why-not", "nho/bao-cao/h1").out


def test_a_retry_that_fails_again_alarms_after_all(started: Kh, mailbox: Mailbox, hooks: Hooks) -> None:
    refuse_h1(mailbox)
    hooks.answer = 410
    started("tick", "--at", ON)
    started("notices", "retry", "--all", "--at", NEXT)
    started("tick", "--at", NEXT)
    started("tick", "--at", LATER)
    assert told(started) == [("h1", "undeliverable"), ("so-a", "sent")]
    (mail,) = mailbox.to("so-a@t.example.vn")
    assert "Huyện Một" in text_of(mail)


@pytest.mark.parametrize("channel", ["email", "webhook"])
def test_a_crash_between_acceptance_and_record_repeats_that_message_alone(
    started: Kh, mailbox: Mailbox, hooks: Hooks, tamper: Callable[..., None], channel: str
) -> None:
    started("tick", "--at", ON)
    number = number_of(started, channel)
    # as the crash leaves it
    tamper(f"UPDATE message SET status = 'pending', sent_at = NULL, attempts = 0 WHERE id = {number}")
    started("tick", "--at", NEXT)
    assert told(started) == [("h1", "sent")]
    mails = mailbox.to("h1@t.example.vn")
    assert (len(mails), len(hooks.posts)) == ((2, 1) if channel == "email" else (1, 2))
    assert len({mail["Message-ID"] for mail in mails}) == 1
    assert len({body for _path, _headers, body in hooks.posts}) == 1


def test_done_meanwhile_the_channel_that_waits_stays_silent(started: Kh, mailbox: Mailbox, hooks: Hooks) -> None:
    hooks.answer = 503
    started("tick", "--at", ON)
    started("submit", "nho/bao-cao/h1", "--at", "2020-03-04T08:01")
    hooks.answer = 204
    started("tick", "--at", NEXT)
    assert len(hooks.posts) == 1
    assert statuses(started)["webhook ht"] == "cancelled"
    assert told(started) == [("h1", "sent")]  # the mail did arrive


def test_mails_about_one_task_are_a_thread_whichever_channel_is_named_first(
    started: Kh, mailbox: Mailbox, hooks: Hooks
) -> None:
    for day in ("2020-03-04", "2020-03-19", "2020-03-25"):
        started("tick", "--at", f"{day}T08:00")
    first, *others = mailbox.to("h1@t.example.vn")
    assert [mail["In-Reply-To"] for mail in others] == [first["Message-ID"]] * 2


def test_one_signature_releases_the_same_notice_on_every_channel(
    kh: Kh, plan_file: Write, mailbox: Mailbox, hooks: Hooks
) -> None:
    kh("start", str(plan_file(OWN_LADDER.replace("      to: so-a\n", "      to: [so-a, responsible]\n").replace(
        H1, on_both(hooks)))), "--id", "nho", "--at", ON)  # fmt: skip
    kh("tick", "--at", "2020-03-31T08:00")
    mailbox.mails.clear()
    hooks.posts.clear()
    held = kh("notices", "list", "--status", "held", "--json").json
    number = next(str(row["id"]) for row in held if row["recipient"] == "h1@t.example.vn")
    assert "kh notices release" in kh("notices", "why-not", "nho/bao-cao/h1").out
    said = kh("notices", "release", number, "--doc", "77/SLĐTBXH", "--signed-by", "Nguyễn A").out
    assert said.count("is released") == 2
    kh("tick", "--at", "2020-03-31T09:00")
    assert [mail["To"] for mail in mailbox.mails] == ["h1@t.example.vn"]  # so-a's says more, and waits
    assert len(hooks.posts) == 1


def test_what_nobody_signed_ends_when_nothing_is_owed_any_more(kh: Kh, plan_file: Write, mailbox: Mailbox) -> None:
    kh("start", str(plan_file(OWN_LADDER)), "--id", "nho", "--at", ON)
    kh("tick", "--at", "2020-03-31T08:00")
    assert len(kh("notices", "list", "--status", "held", "--json").json) == 1
    kh("submit", "nho/bao-cao", "--at", "2020-03-31T09:00")
    kh("tick", "--at", "2020-03-31T10:00")
    assert kh("notices", "list", "--status", "held", "--json").json == []
    rows = kh("notices", "why-not", "nho/bao-cao/h1", "--json").json
    assert {row["outcome"] for row in rows if row["severity"] == 2} == {"done"}
