"""What a plan prints beside its stages: criteria, quotas, open questions."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from engine.plan.words import Model, Number, Slug, Slugs, SomeTexts, Text, as_text


class Criterion(Model):
    """A scoring criterion or target: printed where the unit reads it, never a task."""

    clause: Text | None = None
    name: Text | None = None
    for_: Slugs = Field(default=(), alias="for")
    who: Text | None = None
    items: SomeTexts


def _criterion(value: Any) -> Any:
    text = as_text(value)
    return {"items": [text]} if isinstance(text, str) else value


Criteria = Annotated[Criterion, BeforeValidator(_criterion, json_schema_input_type=Text | Criterion)]


class Quota(Model):
    stage: Slug
    nomination: Slug | None = None
    collective: Number = Field(default=0, ge=0)
    individual: Number = Field(default=0, ge=0)
    clause: Text | None = None
    note: Text | None = None


class Question(Model):
    id: Slug
    clause: Text | None = None
    text: Text
    about: Slugs = ()
