"""The published form of each kind of row: JSON Schema 2020-12 with examples, made from what reads the rows."""

from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.feeds.kinds import KINDS, FeedKind
from portal.kit.complaints import Complaint

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class NoSuchKind(Complaint):
    """There is no kind of that name; the message names those that there are."""


def kind_named(name: str) -> FeedKind:
    """The kind of a name.

    Raises NoSuchKind.
    """
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise NoSuchKind(f"There is no kind {name!r}; the kinds are {', '.join(kind.name for kind in KINDS)}.")


@cache
def schema(kind: FeedKind) -> Schema:
    """The JSON Schema of a kind's row, with an example at every field and of the whole."""
    made = kind.adapter.json_schema(by_alias=True)
    definitions: Schema = made.get("$defs", {})
    examples = [_example(variant, definitions) for variant in made.get("oneOf", [made])]
    for part in (made, *definitions.values()):
        for field in part.get("properties", {}).values():
            field.setdefault("examples", [_example(field, definitions)])
    return {"$schema": DIALECT, **made, "title": kind.name, "examples": examples}


@dataclass(frozen=True)
class Fields:
    """The names of a row's fields: those that stand in each, and those that came later and may be left out."""

    asked: frozenset[str]
    later: frozenset[str]

    @property
    def every(self) -> frozenset[str]:
        """All of them."""
        return self.asked | self.later


@cache
def fields(kind: FeedKind) -> tuple[Fields, ...]:
    """The fields of a kind's row, for each of its variants."""
    told = schema(kind)
    return tuple(_fields(_resolved(variant, told.get("$defs", {}))) for variant in told.get("oneOf", [told]))


def _fields(row: Schema) -> Fields:
    asked = frozenset(row["required"])
    return Fields(asked, frozenset(row["properties"]) - asked)


def _resolved(part: Schema, definitions: Schema) -> Schema:
    named: Schema = definitions[part["$ref"].rpartition("/")[2]] if "$ref" in part else part
    return named


def _example(part: Schema, definitions: Schema) -> Any:  # noqa: ANN401 - any JSON value
    """A value that a part of a schema allows, put together from the examples of its fields."""
    if "examples" in part:
        return part["examples"][0]
    if "$ref" in part:
        return _example(_resolved(part, definitions), definitions)
    if "anyOf" in part:
        return _example(part["anyOf"][0], definitions)
    if part["type"] == "array":
        return [_example(part["items"], definitions)]
    return {name: _example(field, definitions) for name, field in part["properties"].items()}
