"""What is kept of a form that could not be taken, and how it is put into the form again."""

from html.parser import HTMLParser
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markupsafe import escape
from starlette.datastructures import FormData

from portal.kit.kept import LONGEST_PAGE, MOST_CHARACTERS, Form, is_local, mark_of, marked, typed
from portal.kit.refill import refilled

ID = UUID("1f0c7a2e-0000-4000-8000-00000000abcd")
NOTE = "<p>again</p>"


def fields(*sent):
    kept = typed("/messages/new", FormData(sent))
    return kept.fields if kept else None


def test_what_was_typed_is_kept_in_its_order_and_as_often_as_it_came():
    sent = (("subject", "Lasku"), ("points", "1"), ("points", "2"), ("body", " Rivi\n\nToinen <b>ä "))
    assert fields(*sent) == sent


@pytest.mark.parametrize("name", ["_token", "_page", "iban", "refund.account"])
def test_a_secret_is_never_kept(name):
    assert fields((name, "hemmelig"), ("body", "x")) == (("body", "x"),)


@pytest.mark.parametrize("name", ["password", "new-password", "pin", "PIN", "secret_again"])
def test_a_form_with_a_password_is_not_kept_at_all_for_it_stands_there_twice(name):
    assert fields(("code", "1234"), (name, "hemmelig"), ("again", "hemmelig")) is None


@pytest.mark.parametrize("number", ["FI2112345600000785", "fi21 1234 5600 0007 85", " DE89 3704 0044 0532 0130 00 "])
def test_an_account_number_is_never_kept(number):
    assert fields(("to", number), ("body", "x")) == (("body", "x"),)


@pytest.mark.parametrize(
    "sent", [[], [("_token", "x")], [("body", "x" * MOST_CHARACTERS)], [(str(n), "") for n in range(61)]]
)
def test_nothing_and_too_much_are_not_kept(sent):
    assert fields(*sent) is None


@pytest.mark.parametrize(
    ("page", "address"),
    [
        ("/messages/new", f"/messages/new?kept={ID}#kept"),
        ("/messages/new?invoice=7&topic=billing", f"/messages/new?invoice=7&topic=billing&kept={ID}#kept"),
        ("/messages/new?kept=old&a=b#kept", f"/messages/new?a=b&kept={ID}#kept"),
    ],
)
def test_an_address_says_which_form_it_gives_back(page, address):
    assert marked(page, ID) == address
    assert mark_of(address) == ID


@pytest.mark.parametrize("page", ["/", "/?kept=", "/?kept=x", "/?kep=1"])
def test_most_addresses_give_none_back(page):
    assert mark_of(page) is None


@pytest.mark.parametrize(
    "page", ["", "//evil.example", "/\\evil.example", "https://evil.example", "/a\nb", "/" + "a" * LONGEST_PAGE]
)
def test_an_address_that_is_not_ours_is_not_come_back_to(page):
    assert not is_local(page)
    assert is_local("/messages/new?a=b")


PAGE = """<main>
<form method="post" action="/other"><input name="subject" value="stays"></form>
<form class="card" method="post" action="/here">
  <input type="hidden" name="_token" value="fresh"><input type="hidden" name="key" value="fresh">
  <input class="input" id="subject" name="subject" type="text" value="">
  <input name="untouched" value="as it was">
  <input type="password" name="word" value="">
  <input type="checkbox" name="sms" value="on" checked aria-describedby="s">
  <input type="checkbox" name="points" value="1"><input type="checkbox" name="points" value="2">
  <input type="radio" name="way" value="email"><input type="radio" name="way" value="paper" checked>
  <select name="topic">
    <option value="">-</option><option value="a" selected>A</option><option value="b">B</option></select>
  <textarea name="body">
old &amp; dusty</textarea>
  <button name="subject" value="no">Send</button>
</form>
</main>
"""


def again(*sent, page=PAGE):
    return refilled(page, Form("/here", sent), NOTE)


def test_a_form_is_filled_and_says_so_and_no_other():
    page = again(
        ("subject", 'Lasku "7" & <b>'),
        ("points", "2"),
        ("way", "email"),
        ("topic", "b"),
        ("body", "Rivi\n</textarea>"),
        ("key", "old"),
        ("word", "w"),
    )
    assert '<input name="subject" value="stays">' in page
    assert f'<form class="card" method="post" action="/here">{NOTE}' in page
    assert '<input type="hidden" name="key" value="fresh">' in page
    assert (
        '<input class="input" id="subject" name="subject" type="text" value="Lasku &#34;7&#34; &amp; &lt;b&gt;">'
        in page
    )
    assert '<input name="untouched" value="as it was">' in page
    assert '<input type="password" name="word" value="">' in page
    assert '<input type="checkbox" name="sms" value="on" aria-describedby="s">' in page
    assert (
        '<input type="checkbox" name="points" value="1"><input type="checkbox" name="points" value="2" checked>' in page
    )
    assert '<input type="radio" name="way" value="email" checked><input type="radio" name="way" value="paper">' in page
    assert '<option value="a">A</option><option value="b" selected>B</option>' in page
    assert '<textarea name="body">\nRivi\n&lt;/textarea&gt;</textarea>' in page
    assert '<button name="subject" value="no">' in page


@pytest.mark.parametrize("action", ["/elsewhere", "", "/HERE"])
def test_a_page_without_the_form_stays_as_it_is(action):
    assert refilled(PAGE, Form(action, (("body", "x"),)), NOTE) is None


def test_a_form_of_buttons_has_nothing_to_give_back():
    page = '<form method="post" action="/here"><input type="hidden" name="until" value="1"><button>Go</button></form>'
    assert again(("until", "0"), page=page) is None


@given(st.text(max_size=200))
def test_whatever_was_typed_stays_words(words):
    page = again(("subject", words), ("body", words))
    assert page.count("<") == PAGE.count("<") + NOTE.count("<")
    assert page.count('"') == PAGE.count('"')


HOSTILE = (
    "a checked b",
    ' checked="checked" ',
    "x selected>",
    "value='1' checked",
    '" checked "',
    "&quot; selected=",
    "/>",
    'a="b" value="c"',
)


@pytest.mark.parametrize("quote", ['"', "'"])
@pytest.mark.parametrize("words", HOSTILE)
def test_what_stands_inside_of_attributes_is_no_attribute(words, quote):
    """Ticks and values are found where a browser would find them, whatever other attributes say."""
    said = f"{quote}{escape(words)}{quote}"
    page = (
        f'<form method="post" action="/here"><input type=checkbox title={said} name=a value={said} CHECKED>'
        f"<input type=checkbox name=b data-x={said} checked=''/><input data-x={said} name=c value={said}>"
        f"<select name=d><option value={said} selected>1</option><option title={said} value=2>2</option></select>"
        "</form>"
    )
    ticked, unticked = again(("a", words), ("c", "new"), ("d", "2"), page=page), again(("c", words), page=page)
    assert tags(ticked) == [
        ("input", {"type": "checkbox", "title": words, "name": "a", "value": words, "checked": None}),
        ("input", {"type": "checkbox", "name": "b", "data-x": words}),
        ("input", {"data-x": words, "name": "c", "value": "new"}),
        ("option", {"value": words}),
        ("option", {"title": words, "value": "2", "selected": None}),
    ]
    assert tags(unticked)[0] == ("input", {"type": "checkbox", "title": words, "name": "a", "value": words})
    assert tags(unticked)[2] == ("input", {"data-x": words, "name": "c", "value": words})


def tags(page):
    """The inputs and options of a page with their attributes, as a browser reads them."""
    found = []
    reader = HTMLParser()
    reader.handle_starttag = lambda tag, attrs: found.append((tag, dict(attrs)))
    reader.feed(page)
    return [(tag, attrs) for tag, attrs in found if tag in {"input", "option"}]
