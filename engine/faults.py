"""Places at which the tests let the process die or fail; while nothing is installed a call costs next to nothing."""

from collections.abc import Callable

from sqlalchemy import Engine, event

_hook: Callable[[str], None] | None = None


def point(name: str) -> None:
    """Pass a place. The hook may not return."""
    if _hook is not None:
        _hook(name)


def install(hook: Callable[[str], None] | None) -> None:
    """For the stores that are opened from now on; None takes it away."""
    global _hook
    _hook = hook


def watch(engine: Engine) -> None:
    """Points before and after each statement of a store, where a hook is installed."""
    if _hook is not None:
        event.listen(engine, "before_cursor_execute", lambda *_call: point("statement"))
        event.listen(engine, "after_cursor_execute", lambda *_call: point("statement done"))
