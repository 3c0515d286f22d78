"""Settings: the environment wins over the nearest kh.toml, and secrets stay hidden."""

from collections.abc import Callable
from pathlib import Path

import pytest
from conftest import Kh, Mailbox

from engine.calendar import OFFICE_HOURS
from engine.clock import OFFICE_ZONE, zone
from engine.config import KEYS, load_settings
from engine.errors import BadValue

pytestmark = pytest.mark.store("sqlite")  # what is said here does not hang on the kind of store


def test_the_nearest_file_upwards_then_the_environment(tmp_path: Path) -> None:
    (tmp_path / "kh.toml").write_text('user = "lan"\n[smtp]\nhost = "mail.example.vn"\nport = 587\n', "utf-8")
    below = tmp_path / "a" / "b"
    below.mkdir(parents=True)
    settings = load_settings(below, {"KH_SMTP_PORT": "25"})
    assert settings.user == "lan"
    assert settings.smtp is not None
    assert (settings.smtp.host, settings.smtp.port, settings.smtp.tls) == ("mail.example.vn", 25, "none")
    sources = {name: source for name, _value, source in settings.shown()}
    assert sources["smtp_host"] == str(tmp_path / "kh.toml")
    assert (sources["smtp_port"], sources["zone"]) == ("KH_SMTP_PORT", "default")
    assert set(sources) == set(KEYS)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[smtp]\nhots = 'x'", "unknown setting smtp.hots (did you mean smtp.host?)"),
        ("not toml", "cannot read"),
        ("[smtp]\nhost = 'x'\nport = 'many'", "KH_SMTP_PORT is a number from 1 to 65535, not many"),
        ("[smtp]\nhost = 'x'\ntls = 'maybe'", "one of none, starttls, tls, not maybe"),
        ("[office]\nhours = '8-17'", "working hours not understood: 8-17"),
        ("[office]\nhours = '17:00-08:00'", "end before they start"),
        ("[office]\nzone = 'Mars/Base'", "unknown time zone: Mars/Base"),
    ],
)
def test_a_bad_setting_is_one_clear_line(
    kh: Kh, tmp_path: Path, plan_file: Callable[..., Path], text: str, said: str
) -> None:
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    (tmp_path / "kh.toml").write_text(text, "utf-8")
    ran = kh("tick", "--at", "2020-03-04T08:00", ok=False)
    assert (ran.code, said in ran.err) == (1, True), ran


def test_doctor_hides_secrets_and_says_what_is_wrong(
    kh: Kh, plan_file: Callable[..., Path], mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch, freezer: object
) -> None:
    monkeypatch.setenv("KH_SMTP_PASSWORD", "hush-hush")
    ran = kh("doctor")
    assert ran.code == 0
    assert "hush-hush" not in ran.out
    assert "no people are named" in ran.out
    kh("start", str(plan_file()), "--id", "x", "--at", "2020-03-04T08:00")
    ran = kh("doctor", ok=False)
    assert ran.code == 1
    assert "PROBLEM: last tick: never" in ran.out
    kh("tick")
    assert kh("doctor").code == 0
    monkeypatch.delenv("KH_SMTP_HOST")
    assert "PROBLEM: no mail server is set" in kh("doctor", ok=False).out


def test_where_no_time_zone_is_known(tmp_path: Path) -> None:
    with pytest.raises(BadValue, match="unknown time zone"):
        zone("../etc/passwd")


def test_where_nothing_is_set_the_office_is_that_of_the_calendar() -> None:
    settings = load_settings(Path("/"), {})
    assert (settings["zone"], settings.hours) == (OFFICE_ZONE, OFFICE_HOURS)
