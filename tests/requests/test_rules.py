"""What may happen to a request, its time, and what counts as an answer."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.kit.i18n import Language, text
from portal.requests import labels
from portal.requests.asking import Answers, Course, Question
from portal.requests.fields import YES_OR_NO, AddressField, ChoiceField, DayField, Option, Wrong
from portal.requests.kinds import BY_CODE, KINDS
from portal.requests.rules import ANSWERS, OPEN, SENT, Clock, State, may_be_withdrawn, may_follow

pytestmark = pytest.mark.sqlite

TODAY = date(2026, 11, 21)
DAY = timedelta(days=1)
OF_THE_FEED = (State.IN_WORK, State.ACCEPTED, State.DONE, State.REFUSED)

FOLLOWS = [
    (State.RECEIVED, {State.IN_WORK, State.ACCEPTED, State.DONE, State.REFUSED}),
    (State.IN_WORK, {State.IN_WORK, State.ACCEPTED, State.DONE, State.REFUSED}),
    (State.ACCEPTED, {State.ACCEPTED, State.DONE, State.REFUSED}),
    *((closed, set()) for closed in (State.DRAFT, State.DONE, State.REFUSED, State.WITHDRAWN)),
]


@pytest.mark.parametrize(("state", "steps"), FOLLOWS)
def test_a_request_goes_forward_and_ends_once(state, steps):
    assert {step for step in State if may_follow(state, step)} == steps
    assert may_be_withdrawn(state) == (state in {State.RECEIVED, State.IN_WORK})


def test_every_state_has_its_words():
    assert labels.STATES.keys() == set(State)
    assert labels.STEPS.keys() == set(State) - {State.DRAFT}
    assert {State.ACCEPTED} == ANSWERS & OPEN
    assert {State.DRAFT} == OPEN - SENT


@given(st.integers(0, 200), st.integers(0, 400), st.none() | st.integers(0, 400))
def test_a_clock_never_uses_more_than_it_has(length, passed, answered):
    clock = Clock(TODAY, TODAY + length * DAY, None if answered is None else TODAY + answered * DAY)
    today = TODAY + passed * DAY
    assert 0 <= clock.days_used(today) <= clock.days
    assert (clock.days_left(today) < 0) == (today > clock.answer_by)


def test_kinds_are_told_apart_by_codes_that_fit_their_column():
    assert len(BY_CODE) == len(KINDS)
    assert all(len(kind.code) <= 20 for kind in KINDS)


# Fields

SOON = DayField(TODAY, TODAY + 30 * DAY, text("Not before today."))
DAYS = [("21.11.2026", "2026-11-21"), ("1/12/2026", "2026-12-01"), ("2026-12-21", "2026-12-21")]


@pytest.mark.parametrize(("typed", "kept"), DAYS)
def test_a_day_is_kept_in_one_form(typed, kept):
    assert SOON.kept({"answer": typed}) == kept
    assert SOON.kept(SOON.shown(kept)) == kept


@pytest.mark.parametrize("typed", ["", "tomorrow", "31.11.2026", "20.11.2026", "22.12.2026"])
def test_what_is_no_day_of_its_time_is_refused(typed):
    with pytest.raises(Wrong) as wrong:
        SOON.kept({"answer": typed})
    assert wrong.value.errors.keys() == {"answer"}


def test_a_choice_is_one_of_its_options():
    assert YES_OR_NO.kept({"answer": "no"}) == "no"
    for typed in ({}, {"answer": "maybe"}):
        with pytest.raises(Wrong):
            YES_OR_NO.kept(typed)


HOME = {"street": "Uusikatu 2", "postcode": "33200", "town": "Tampere"}
WRONG_ADDRESSES = [
    ({}, {"street", "postcode", "town"}),
    (HOME | {"postcode": "3320"}, {"postcode"}),
    (HOME | {"street": "x" * 201}, {"street"}),
    (HOME | {"town": "Tam\x00pere"}, {"town"}),
]


@pytest.mark.parametrize(("typed", "wrong"), WRONG_ADDRESSES)
def test_an_address_says_which_part_is_wrong(typed, wrong):
    with pytest.raises(Wrong) as refused:
        AddressField().kept(typed)
    assert refused.value.errors.keys() == wrong


def test_an_address_is_shown_as_it_was_typed():
    kept = AddressField().kept(HOME)
    assert AddressField().shown(kept) == HOME
    assert AddressField().said(kept) == "Uusikatu 2, 33200 Tampere"
    assert AddressField().shown("") == dict.fromkeys(HOME, "")


@given(st.dictionaries(st.sampled_from(["answer", *HOME]), st.text(max_size=300)))
@pytest.mark.parametrize("field", [SOON, YES_OR_NO, AddressField()], ids=lambda field: field.control)
def test_whatever_is_typed_is_an_answer_or_a_sentence(field, typed):
    kept = kept_or_not(field, typed)
    if isinstance(kept, Wrong):
        assert all(says.said(language) for says in kept.errors.values() for language in Language)
        return
    field.check(kept)
    assert field.kept(field.shown(kept)) == kept


def kept_or_not(field, typed):
    try:
        return field.kept(typed)
    except Wrong as wrong:
        return wrong


# The course of questions

COLOUR = Question("colour", text("Colour?"), ChoiceField((Option("red", text("Red")), Option("blue", text("Blue")))))
WHEN = Question("when", text("When?"), SOON)
COURSES = [
    ({}, "colour"),
    ({"colour": "red"}, "when"),
    ({"colour": "green", "when": "2026-11-22"}, "colour"),
    ({"colour": "red", "when": "2026-11-20"}, "when"),
    ({"colour": "red", "when": "2026-11-22", "gone": "x"}, None),
]


@pytest.mark.parametrize(("answers", "next_"), COURSES)
def test_the_first_question_without_a_right_answer_comes_next(answers, next_):
    course = Course([COLOUR, WHEN], Answers.read(Answers(answers).written()))
    assert (course.next.code if course.next else None) == next_
    assert "gone" not in course.whole.kept


def test_a_question_is_asked_for_once_it_can_be_answered():
    course = Course([COLOUR, WHEN], Answers({"colour": "red"}))
    assert course.asked("colour") is COLOUR
    assert course.asked("when") is WHEN
    assert course.asked("gone") is WHEN
    assert Course([COLOUR, WHEN], Answers()).asked("when") is COLOUR
    assert course.before(WHEN) is COLOUR
    assert course.before(COLOUR) is None
    assert course.summary(Language.EN) == "Colour? Red"
