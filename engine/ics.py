"""iCalendar as this engine writes it: nothing in it depends on when it was written."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from engine.errors import NotInstalled
from engine.templates import plain


@dataclass(frozen=True)
class Entry:
    """An event (or to-do): its properties by name, those that are None left out, and how long before it to ring."""

    properties: Mapping[str, Any]
    alarms: Sequence[timedelta] = ()


def calendar_bytes(title: str, maker: str, entries: Iterable[Entry], *, todo: bool = False) -> bytes:
    """A calendar of events, or of to-dos. Raises Unavailable without the `ics` extra."""
    try:
        from icalendar import Alarm, Calendar, Event, Todo
    except ImportError as error:
        raise NotInstalled("icalendar", "ics") from error
    calendar = Calendar()
    for name, value in (("prodid", f"-//kh-engine//{maker}//"), ("version", "2.0"), ("x-wr-calname", plain(title))):
        calendar.add(name, value)
    for entry in entries:
        component = Todo() if todo else Event()
        for name, value in entry.properties.items():
            if value is not None:
                component.add(name, _plain(value))
        for before in entry.alarms:
            alarm = Alarm()
            alarm.add("action", "DISPLAY")
            alarm.add("description", plain(entry.properties["summary"]))
            alarm.add("trigger", -before, parameters={"RELATED": "END"} if todo else {})
            component.add_component(alarm)
        calendar.add_component(component)
    found: bytes = calendar.to_ical()
    return found


def _plain(value: Any) -> Any:
    """Texts on one line, and a list of them one a line: a control character could pass for a line break."""
    return "\n".join(plain(value)) if isinstance(value, list) else plain(value)
