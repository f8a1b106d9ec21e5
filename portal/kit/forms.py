"""Forms: what somebody typed, read into a value, or into sentences beside the fields; nothing typed is lost."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any, Generic, TypeVar

from pydantic import BaseModel, ConfigDict, ValidationError
from pydantic_core import PydanticCustomError
from starlette.datastructures import FormData

from portal.kit.i18n import Text, text
from portal.kit.visible import shows_something


class Form(BaseModel):
    """What one form asks for: its fields and their bounds, and no database.

    Unknown fields are passed over: a form also carries its token and the button that was pressed.
    """

    model_config = ConfigDict(frozen=True, str_strip_whitespace=True, str_max_length=10_000)


F = TypeVar("F", bound=Form)
K = TypeVar("K", bound=StrEnum)
T = TypeVar("T")


@dataclass(frozen=True)
class Valid(Generic[F]):
    """The form holds together; `value` is what it says."""

    value: F


@dataclass(frozen=True)
class Typed:
    """A form to be shown: what was typed so far and, by field, what to correct."""

    values: Mapping[str, str] = field(default_factory=dict)
    errors: Mapping[str, Text] = field(default_factory=dict)

    @staticmethod
    def of(form: Form) -> "Typed":
        """What somebody typed that holds together, to be shown again."""
        return Typed(form.model_dump(mode="json"))

    def value(self, name: str) -> str:
        """What stands in a field, empty where nothing does."""
        return self.values.get(name, "")

    def __bool__(self) -> bool:
        return bool(self.errors)


def wrong(says: Text) -> PydanticCustomError:
    """What a validator raises to say in a sentence what is wrong with a field."""
    return PydanticCustomError("said", "said", {"says": says})


def read(kind: type[F], data: FormData) -> Valid[F] | Typed:
    """The value that a form's fields make, or the form to be shown again. What shows nothing is nothing."""
    typed = {key: value if shows_something(value) else "" for key, value in data.items() if isinstance(value, str)}
    given = {key: value for key, value in typed.items() if key in kind.model_fields}
    try:
        return Valid(kind.model_validate(given))
    except ValidationError as refused:
        return Typed(given, dict(_sentences(refused)))


def said(data: FormData, field: str) -> str:
    """What a field says; nothing where there is none, or a file."""
    value = data.get(field, "")
    return value if isinstance(value, str) else ""


def one_of(kind: type[K], asked: object, otherwise: T) -> K | T:
    """Which of some things an address or a form asks for; the other where it asks for none of them."""
    return next((one for one in kind if one == asked), otherwise)


def _sentences(refused: ValidationError) -> Iterator[tuple[str, Text]]:
    for error in refused.errors(include_url=False):
        yield str(error["loc"][0]) if error["loc"] else "", _sentence(error["type"], error.get("ctx", {}))


def _sentence(kind: str, context: Mapping[str, Any]) -> Text:
    match kind:
        case "said":
            said: Text = context["says"]
            return said
        case "missing" | "string_too_short":
            return text("Fill in this field.")
        case "string_too_long":
            return text("Write at most %(n)s characters.", n=context["max_length"])
        case "enum" | "literal_error":
            return text("Choose one of the options.")
        case _:
            return text("Check what you wrote here.")
