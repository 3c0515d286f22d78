"""The JSON Schema of a plan and of a directory: what the loader accepts, with a line of help on every key."""

import json
from pathlib import Path
from typing import Any

from pydantic.json_schema import GenerateJsonSchema, JsonSchemaMode, JsonSchemaValue
from pydantic_core import core_schema

from engine.i18n import _
from engine.ladders import BUILT_IN_NAMES
from engine.plan.calendarfile import CalendarFile
from engine.plan.directory import Directory
from engine.plan.guide import GUIDE
from engine.plan.model import EVENT_KEYS, EVENT_TYPES, WHO_TYPES, Plan
from engine.plan.words import Model

# Where editors look, from the folder the plans are in: `# yaml-language-server: $schema=.schema/plan.json`.
FOLDER = ".schema"
KINDS: dict[str, type[Model]] = {"plan": Plan, "directory": Directory, "calendar": CalendarFile}


def json_schema(model: type[Model]) -> JsonSchemaValue:
    """The schema of a file, its help in the language in force."""
    return model.model_json_schema(ref_template="#/definitions/{model}", schema_generator=_Generator)


def save(folder: Path) -> list[Path]:
    """Write the schemas of all files where the first line of the plans in a folder points to."""
    (folder / FOLDER).mkdir(exist_ok=True)
    paths = [folder / FOLDER / f"{kind}.json" for kind in KINDS]
    for path in paths:
        text = json.dumps(json_schema(KINDS[path.stem]), ensure_ascii=False, indent=2)
        path.write_text(text + "\n", encoding="utf-8")
    return paths


class _Generator(GenerateJsonSchema):
    """Draft 7, for older editors know no later one; without what pydantic adds for programmers."""

    def generate(self, schema: core_schema.CoreSchema, mode: JsonSchemaMode = "validation") -> JsonSchemaValue:
        found = super().generate(schema, mode)
        definitions = found.pop("$defs")
        for part in (found, *definitions.values()):
            _explain(part)
        return {"$schema": "http://json-schema.org/draft-07/schema#", **found, "definitions": definitions}

    def str_schema(self, schema: core_schema.StringSchema) -> JsonSchemaValue:
        found = super().str_schema(schema)
        return found | {"patternErrorMessage": _("plain ASCII without spaces")} if "pattern" in found else found

    def dict_schema(self, schema: core_schema.DictSchema) -> JsonSchemaValue:
        """The ids of a mapping are checked by their own schema, whatever form it has."""
        found = {
            "type": "object",
            "propertyNames": self.generate_inner(schema["keys_schema"]),
            "additionalProperties": self.generate_inner(schema["values_schema"]),
        }
        self.update_with_validations(found, schema, self.ValidationsMapping.object)
        return found

    def default_schema(self, schema: core_schema.WithDefaultSchema) -> JsonSchemaValue:
        """A default that says nothing is left out, lest an editor types it."""
        found = super().default_schema(schema)
        if not isinstance(found.get("default"), str | int):
            found.pop("default", None)
        return found

    def field_title_should_be_set(self, schema: Any) -> bool:
        return False


def _explain(part: JsonSchemaValue) -> None:
    """Put the guide's lines in the place of what programmers read, and add what holds of several keys together."""
    model = part.pop("title")
    part.pop("description", None)
    for key, value in part["properties"].items():
        text, *examples = GUIDE[model][key]
        value |= {"description": _(text), "examples": examples}
    part |= _rules().get(model, {})


def _rules() -> dict[str, JsonSchemaValue]:
    """What the models check of several keys together; editors shall suggest no key for a rule's sake."""
    nothing = {"type": ["null", "array"], "maxItems": 0, "doNotSuggest": True}
    nothing["errorMessage"] = _("this key does not go with the others here: its help says where it belongs")

    def given(key: str) -> JsonSchemaValue:
        return {"required": [key], "properties": {key: {"not": nothing, "doNotSuggest": True}}}

    def without(*keys: str) -> JsonSchemaValue:
        return {"properties": dict.fromkeys(keys, nothing)}

    def either(key: str, *values: str | bool) -> JsonSchemaValue:
        return {"required": [key], "properties": {key: {"enum": list(values), "doNotSuggest": True}}}

    return {
        "Plan": {
            "allOf": [
                {"properties": {"directory": without("units_from")}},
                {"properties": {"ladders": {"propertyNames": {"not": {"enum": list(BUILT_IN_NAMES)}}}}},
            ]
        },
        "Document": {"anyOf": [given("issued"), given("as_of")]},
        "Unit": {"oneOf": [given("name"), given("names")]},
        "Stage": {
            "anyOf": [given("responsible"), given("inferred_responsible"), given("who"), either("type", "event")],
            "allOf": [
                {"if": given("responsible"), "then": without("inferred_responsible")},
                {"if": {"anyOf": [either("soft", True), either("type", *WHO_TYPES)]}, "else": without("who")},
                {"if": either("type", *EVENT_TYPES), "else": without(*EVENT_KEYS)},
            ],
        },
    }
