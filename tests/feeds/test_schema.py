"""The published schemas say all that the reader asks for."""

import copy
import json
from itertools import combinations, product
from pathlib import Path

import jsonschema
import pytest

from portal.feeds import docs, rows
from portal.feeds.kinds import KINDS
from portal.feeds.rows import ALIKE
from portal.feeds.schema import fields, schema
from portal.kit.feed import Refusal

ROOT = Path(__file__).parents[2]
GOLDEN = Path(__file__).parent / "golden"

ANYTHING = (
    None,
    True,
    0,
    -1,
    1.5,
    10**12,
    "",
    " a",
    "a\u0000b",
    "x" * 1000,
    "2026-02-30",
    "0",
    [],
    ["x"],
    {},
    {"x": 1},
)

every_kind = pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)


def reads(kind, told):
    return not isinstance(rows.read(kind, json.dumps(told).encode()), Refusal)


def properties(part):
    """Every field of a schema, nested ones too."""
    for one in (part, *part.get("$defs", {}).values()):
        yield from one.get("properties", {}).items()


@every_kind
def test_a_schema_is_json_schema_2020_12(kind):
    jsonschema.Draft202012Validator.check_schema(schema(kind))
    assert schema(kind)["$schema"] == "https://json-schema.org/draft/2020-12/schema"


@every_kind
def test_every_field_has_a_description_and_an_example(kind):
    for name, field in properties(schema(kind)):
        assert field.get("description"), f"{kind.name}.{name}: say what it is in its Field()"
        assert field.get("examples"), f"{kind.name}.{name}: give an example in its Field()"


@every_kind
def test_every_field_is_required_or_has_a_default_and_nothing_else_is_allowed(kind):
    for one in (schema(kind), *schema(kind).get("$defs", {}).values()):
        if "properties" in one:
            later = {name for name, field in one["properties"].items() if "default" in field}
            assert set(one.get("required", ())) == set(one["properties"]) - later
            assert one["additionalProperties"] is False


@every_kind
def test_rows_that_were_right_once_stay_right(kind):
    """Fields come to a kind with defaults: each form that a row ever had is kept as a golden row, and stays."""
    golden = (GOLDEN / f"{kind.name}.jsonl").read_text(encoding="utf-8").splitlines()
    assert golden, f"keep a row of {kind.name} as it is today"
    for text in golden:
        told = rows.read(kind, text.encode())
        assert not isinstance(told, Refusal), (text, told)
        likeness, of = max((rows.likeness(frozenset(json.loads(text)), one), one.name) for one in KINDS)
        assert likeness >= ALIKE
        assert of == kind.name


@every_kind
def test_the_newest_form_of_a_row_is_kept_too(kind):
    """A field that came later stands in a golden row from the day on which it came."""
    golden = (GOLDEN / f"{kind.name}.jsonl").read_text(encoding="utf-8").splitlines()
    told = {field for text in golden for field in json.loads(text)}
    described = schema(kind)
    fields = {field for one in described.get("oneOf", [described]) for field in _properties(one, described)}
    assert fields <= told, f"keep a row of {kind.name} with {sorted(fields - told)}"


def _properties(one, described):
    if "$ref" in one:
        one = described["$defs"][one["$ref"].rpartition("/")[2]]
    return one["properties"]


@every_kind
def test_the_examples_are_rows(kind):
    validator = jsonschema.Draft202012Validator(schema(kind))
    for example in schema(kind)["examples"]:
        validator.validate(example)
        assert reads(kind, example)


def changed(told):
    """A row with each of its fields, nested ones too, replaced by anything, left out, or joined by another."""
    places = [told]
    for value in told.values():
        places += [one for one in (value if isinstance(value, list) else [value]) if isinstance(one, dict)]
    for number, place in enumerate(places):
        for name in place:
            for value in (*ANYTHING, ...):
                one = copy.deepcopy(told)
                inner = [one]
                for old in one.values():
                    inner += [item for item in (old if isinstance(old, list) else [old]) if isinstance(item, dict)]
                if value is ...:
                    del inner[number][name]
                else:
                    inner[number][name] = value
                yield one
    yield told | {"something": "else"}


@every_kind
def test_what_the_schema_refuses_the_reader_refuses(kind):
    """The reader knows more (check digits, sums), never less."""
    validator = jsonschema.Draft202012Validator(schema(kind))
    for example in schema(kind)["examples"]:
        for told in changed(example):
            assert validator.is_valid(told) or not reads(kind, told), told


def test_no_two_kinds_look_alike():
    for kind, other in combinations(KINDS, 2):
        for one, two in product(fields(kind), fields(other)):
            assert len(one.every & two.every) / len(one.asked | two.asked) < ALIKE, f"{kind.name} and {other.name}"


def test_the_documentation_is_what_the_code_says():
    written = (ROOT / "docs" / "feeds.md").read_text(encoding="utf-8")
    assert written == docs.page(), "renew it: python -m portal.feeds.docs docs/feeds.md"
