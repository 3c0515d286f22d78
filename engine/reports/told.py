"""Who was told what, when, on what basis: the inspector's question."""

from typing import Any

from sqlalchemy import Connection

from engine import outbox
from engine.office import Office
from engine.reports.notices import message_views


def told_views(office: Office, connection: Connection, selector: str | None, unit: str | None) -> list[dict[str, Any]]:
    """The messages sent, oldest first, with their text; of an instance or task prefix, about or to a unit."""
    if selector:
        office.instance(connection, selector.split("/")[0])
    messages = outbox.messages(connection, outbox.MESSAGE.c.status == "sent")
    texts = {message.id: message for message in messages}
    found = []
    for view in message_views(connection, messages):
        tasks = [item["task"] for item in view["items"]]
        about = not selector or any(task == selector or task.startswith(f"{selector}/") for task in tasks)
        concerns = not unit or unit in view["units"] or any(task.endswith(f"/{unit}") for task in tasks)
        if about and concerns:
            row = texts[view["id"]]
            found.append({**view, "text": row.body, "doc": row.doc, "signed_by": row.signed_by})
    return found
