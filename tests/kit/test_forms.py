"""Forms keep what was typed and say what to correct."""

from enum import StrEnum

from pydantic import Field, field_validator
from starlette.datastructures import FormData

from portal.kit import forms
from portal.kit.i18n import text


class Size(StrEnum):
    SMALL = "small"


class Order(forms.Form):
    name: str = Field(min_length=1, max_length=5)
    size: Size
    when: int

    @field_validator("when")
    @classmethod
    def not_sunday(cls, when: int) -> int:
        if when == 7:
            raise forms.wrong(text("Nothing was changed."))
        return when


def read(**fields):
    return forms.read(Order, FormData(fields))


def test_a_good_form_is_a_value():
    assert read(name=" Kaisa ", size="small", when="1", _token="x") == forms.Valid(
        Order(name="Kaisa", size=Size.SMALL, when=1)
    )


def test_a_bad_form_keeps_what_was_typed_and_says_what_is_wrong():
    again = read(name="Kaisa-Liisa", size="big", when="7")
    assert again.value("name") == "Kaisa-Liisa"
    assert {name: error.message for name, error in again.errors.items()} == {
        "name": "Write at most %(n)s characters.",
        "size": "Choose one of the options.",
        "when": "Nothing was changed.",
    }


def test_what_is_missing_is_asked_for():
    again = read(size="small", when="soon")
    assert again.errors["name"].message == "Fill in this field."
    assert again.errors["when"].message == "Check what you wrote here."
    assert again.value("name") == ""
