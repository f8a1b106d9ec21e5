"""What people see counts: a text of invisible characters is empty, in a form and in a feed."""

from typing import Annotated

import pytest
from pydantic import Field, TypeAdapter, ValidationError
from starlette.datastructures import FormData

from portal.kit.feed import words
from portal.kit.forms import Form, Typed, Valid, read
from portal.kit.visible import shows_something

INVISIBLE = [
    *("", " ", "\u00a0", "\u2003", "\u200b", "\u2060", "\ufeff"),
    *("\u3164", "\u2800", "\u00ad", "\u200e", "\ufe0f", "\u115f\uffa0"),
]
VISIBLE = ["a", ".", "\u200ba", "-", "0", "ä", "\u0301", "😀", "👩\u200d🌾", "ي"]


class Question(Form):
    subject: Annotated[str, Field(min_length=1)]
    reference: str = ""


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_text_without_a_visible_character_shows_nothing(text):
    assert not shows_something(text)
    assert not shows_something(text * 3)


@pytest.mark.parametrize("text", VISIBLE)
def test_one_visible_character_shows_something(text):
    assert shows_something(text)


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_field_that_must_be_filled_in_is_not_filled_in_with_nothing_visible(text):
    again = read(Question, FormData({"subject": text, "reference": "x"}))
    assert isinstance(again, Typed)
    assert str(again.errors["subject"].said("en")) == "Fill in this field."


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_field_that_may_be_empty_is_empty_with_nothing_visible(text):
    assert read(Question, FormData({"subject": "a", "reference": text})) == Valid(Question(subject="a", reference=""))


@pytest.mark.parametrize("text", INVISIBLE)
def test_a_feeds_text_for_people_shows_something(text):
    adapter = TypeAdapter(Annotated[str, words(40)])
    with pytest.raises(ValidationError, match="some of them visible"):
        adapter.validate_python(text)
    assert adapter.validate_python(f"a{text}b") == f"a{text}b"
