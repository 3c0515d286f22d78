"""Columns that many tables have alike."""

from typing import Any

from sqlmodel import Column, Field, ForeignKey, Integer

from engine.states import State

UNFINISHED = "state NOT IN ('cancelled', 'completed', 'exempt')"  # a query that says so can use an index that does
STATES = ", ".join(f"'{state}'" for state in State)


def key() -> Any:
    return Field(default=None, primary_key=True)


def owner(table: str) -> Any:
    return Field(sa_column=Column(Integer, ForeignKey(f"{table}.id"), nullable=False))
