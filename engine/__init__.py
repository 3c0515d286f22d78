"""A workflow engine for the plans of Vietnamese public offices."""

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.book import Book

__version__ = "0.1.0"


def open(url: str, at: datetime | None = None) -> "Book":
    """The views of a database as plain rows, read-only: see engine.book and docs/python.md.

    Raises BadValue where there is no database, Unavailable where its schema is not this program's.
    """
    from engine.book import Book

    return Book(url, at)
