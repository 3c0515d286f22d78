"""Every error a user can meet: what is wrong, where, and what to do instead."""

import errno
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from engine.i18n import N_, _

# Why the system refused a file, as a reader would say it; the system itself says it in English only.
_REASONS = {
    errno.ENOENT: N_("there is no such file or folder"),
    errno.EACCES: N_("it may not be opened"),
    errno.EPERM: N_("this is not allowed"),
    errno.EEXIST: N_("it is there already"),
    errno.EISDIR: N_("it is a folder"),
    errno.ENOTDIR: N_("a folder is expected where there is a file"),
    errno.ENAMETOOLONG: N_("the name is too long"),
    errno.ELOOP: N_("its links lead in a circle"),
    errno.ENOSPC: N_("the disk is full"),
    errno.EDQUOT: N_("the disk is full"),
    errno.EFBIG: N_("the file would become too large"),
    errno.EROFS: N_("the disk can only be read"),
    errno.EMFILE: N_("too many files are open"),
    errno.ECONNREFUSED: N_("nobody answers there"),
}


def reason_of(error: Exception) -> str:
    """Why the system refused, in the reader's words where they are known."""
    known = _REASONS.get(getattr(error, "errno", None) or 0)
    return _(known) if known else getattr(error, "strerror", None) or str(error)


@dataclass(frozen=True, slots=True)
class Problem:
    """One finding in a file. Lines and columns count from 1."""

    file: str
    line: int
    column: int
    code: str
    message: str

    @property
    def severity(self) -> str:
        """error, warning or note."""
        from engine.codes import RULES  # a long text, and most commands find nothing

        return RULES[self.code].severity

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}: {self.code} {self.message}"

    def as_dict(self) -> dict[str, Any]:
        names = ("file", "line", "column", "code", "severity", "message")
        return {name: getattr(self, name) for name in names}


LONGEST_WORD = 200


def nearest(word: str, known: Iterable[str]) -> str:
    """A tail such as ' (did you mean so-ldtbxh?)', or nothing where no known word is near; a mistyped word is short."""
    if len(word) > LONGEST_WORD:
        return ""
    import difflib

    found = difflib.get_close_matches(word, list(known), n=1, cutoff=0.6)
    return " " + _("(did you mean {word}?)").format(word=found[0]) if found else ""


class KhError(Exception):
    """The root: its text is meant for the user and says what, where and what instead."""

    exit_code = 1


class BadValue(KhError):
    """A value given on the command line or in the settings that cannot be used."""


class NotFound(KhError):
    """A name that nothing bears."""

    def __init__(self, kind: str, name: str, known: Iterable[str] = ()):
        super().__init__(_("{kind} not found: {name}").format(kind=kind, name=name) + nearest(name, known))


class PhraseError(KhError):
    """A deadline phrase that is not understood; `position` counts characters of the phrase from 0."""

    def __init__(self, phrase: str, position: int, reason: str, expected: Sequence[str] = ()):
        self.phrase, self.position, self.reason, self.expected = phrase, position, reason, tuple(expected)
        text = _("deadline not understood: {reason} (at character {position} of “{phrase}”)").format(
            reason=reason, position=position + 1, phrase=phrase
        )
        super().__init__(text + self._instead)

    @property
    def told(self) -> str:
        """The reason alone: of what is no deadline, or stands right above a caret."""
        return self.reason + self._instead

    @property
    def _instead(self) -> str:
        return " — " + _("could stand here: {words}").format(words=", ".join(self.expected)) if self.expected else ""


class PlanError(KhError):
    """A file that cannot be used as a plan or a directory: all its mistakes at once."""

    def __init__(self, problems: Sequence[Problem]):
        self.problems = tuple(problems)
        super().__init__("\n".join(map(str, problems)))


class IllegalMove(KhError):
    """A trigger that the task's state does not allow."""

    def __init__(self, task: str, trigger: str, state: str, allowed: Iterable[str]):
        instead = ", ".join(sorted(allowed)) or _("nothing")
        super().__init__(
            _("{task}: “{trigger}” is not allowed in state “{state}”; allowed now: {allowed}").format(
                task=task, trigger=trigger, state=state, allowed=instead
            )
        )


class Conflict(KhError):
    """Somebody else was faster, or the same thing is there already."""


class Denied(KhError):
    """The acting person has no right to this; `task` is the first that was meant, `trigger` what was to be done."""

    def __init__(self, text: str, task: Any = None, trigger: str | None = None):
        super().__init__(text)
        self.task, self.trigger = task, trigger


class Endless(KhError):
    """A template that makes more turns or a longer text than any notice needs."""

    def __init__(self, limit: int):
        super().__init__(_("the template does not end: more than {limit} steps or characters").format(limit=limit))


class Unavailable(KhError):
    """The environment failed: disk, database or network."""

    exit_code = 4


class Interrupted(Unavailable):
    """A transaction of which nothing remains: it may be done again as it is."""


class NotInstalled(Unavailable):
    """A package is missing that one of our extras brings."""

    def __init__(self, package: str, extra: str):
        text = _("this needs the package {package}: pip install 'kh-engine[{extra}]'")
        super().__init__(text.format(package=package, extra=extra))
