"""The published form of each kind of row: JSON Schema 2020-12 with examples, made from what reads the rows."""

from functools import cache
from typing import Any

from portal.feeds.kinds import KINDS, Kind

Schema = dict[str, Any]
DIALECT = "https://json-schema.org/draft/2020-12/schema"


class NoSuchKind(LookupError):
    """There is no kind of that name; the message names those that there are."""


def kind_named(name: str) -> Kind:
    """The kind of a name.

    Raises NoSuchKind.
    """
    for kind in KINDS:
        if kind.name == name:
            return kind
    raise NoSuchKind(f"There is no kind {name!r}; the kinds are {', '.join(kind.name for kind in KINDS)}.")


@cache
def schema(kind: Kind) -> Schema:
    """The JSON Schema of a kind's row, with an example at every field and of the whole."""
    made = kind.adapter.json_schema(by_alias=True)
    definitions: Schema = made.get("$defs", {})
    examples = [_example(variant, definitions) for variant in made.get("oneOf", [made])]
    for part in (made, *definitions.values()):
        for field in part.get("properties", {}).values():
            field.setdefault("examples", [_example(field, definitions)])
    return {"$schema": DIALECT, **made, "title": kind.name, "examples": examples}


@cache
def fields(kind: Kind) -> tuple[frozenset[str], ...]:
    """The names of the fields of a kind's row, for each of its variants."""
    return tuple(frozenset(example) for example in schema(kind)["examples"])


def _example(part: Schema, definitions: Schema) -> Any:  # noqa: ANN401 - any JSON value
    """A value that a part of a schema allows, put together from the examples of its fields."""
    if "examples" in part:
        return part["examples"][0]
    if "$ref" in part:
        return _example(definitions[part["$ref"].rpartition("/")[2]], definitions)
    if "anyOf" in part:
        return _example(part["anyOf"][0], definitions)
    if part["type"] == "array":
        return [_example(part["items"], definitions)]
    return {name: _example(field, definitions) for name, field in part["properties"].items()}
