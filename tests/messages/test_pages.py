"""The inbox, a thread, a new message and feedback, as a customer, nobody, a stranger and htmx meet them."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select

from portal.contracts.models import Contract
from portal.invoices.models import Invoice
from portal.kit import formats
from portal.kit.feed import ImportContext
from portal.kit.i18n import Language
from portal.messages.importing import keep_messages
from portal.messages.models import Message, MessageThread
from portal.messages.rules import MESSAGES_A_DAY
from tests.browser import check, hidden
from tests.contracts.register import Register, line
from tests.markup import found, words
from tests.messages.conftest import entry
from tests.people import AINO, vault

pytestmark = pytest.mark.sqlite  # tests of actions run on both


@pytest.fixture
def inbox(house, aino):
    """Aino's site and bill, a bulletin about the site and a call."""
    return Inbox(house, aino)


class Inbox:
    def __init__(self, house, aino):
        self.house, self.aino = house, aino
        register = Register(house.database)
        self.site = register.site()
        register.occupancy(aino.party, self.site)
        self.bill = register.bill(aino.party, self.site, aino.today - timedelta(days=20))
        with house.database.reading() as db:
            self.number = db.get_one(Invoice, self.bill).number
        self.tell("M1", subject="Huoltokatko", body="Sähköt ovat <b>poikki</b>.\n\nSulje laitteet.")
        self.tell("M2", "call", hours=2, subject="Soitto", from_name="Veera")

    def tell(self, number, kind="bulletin", hours=1, **more):
        row = entry(number, "1001", kind, self.aino.now - timedelta(hours=hours), **more)
        with self.house.database.writing() as db:
            keep_messages(db, [row], ImportContext(vault, self.aino.now), lambda _db, _parties: ())

    def rows(self, table):
        with self.house.database.reading() as db:
            return db.exec(select(table)).all()

    def thread(self, subject):
        (found,) = [thread for thread in self.rows(MessageThread) if thread.subject == subject]
        return found


def form(browser, page, **typed):
    """The hidden fields of a page's own form, and what is typed."""
    fields = found(browser.open(page), "//input[@type='hidden']")
    return {field.get("name"): field.get("value") for field in fields} | typed


def test_the_inbox_shows_what_came_and_says_what_is_unread(aino, inbox):
    answer = aino.browser.open("/messages")
    assert "Kaikki (2) Lukemattomat (1) Tiedotteet (1) Laskut (0) Kysymykset ja vastaukset (0)" in words(answer)
    assert re.search(r"Huoltokatko .*Tiedote .*Lukematta .*Soitto .*Puhelu", words(answer))
    assert "row row--new" in answer.text


@pytest.mark.parametrize(
    ("query", "subjects"),
    [
        ({"show": "unread"}, {"Huoltokatko"}),
        ({"show": "contacts"}, {"Soitto"}),
        ({"q": "POIKKI"}, {"Huoltokatko"}),
        ({"show": "no such", "page": "x"}, {"Huoltokatko", "Soitto"}),
        ({"show": "bills"}, set()),
    ],
)
def test_what_is_wished_for_is_shown(aino, inbox, query, subjects):
    answer = aino.browser.open("/messages", params=query)
    assert set(found(answer, "//*[@class='row__title']/text()")) == subjects
    assert bool(subjects) is not ("Valinnoillasi ei löytynyt viestejä" in answer.text)


def test_htmx_gets_only_the_list_and_pages_keep_the_wish(aino, inbox):
    for number in range(21):
        inbox.tell(f"N{number}", hours=3)
    answer = aino.browser.fragment("/messages?show=bulletins&page=2", "inbox")
    assert "<h1" not in answer.text
    assert 'href="/messages?show=bulletins"' in answer.text
    assert answer.text.count('class="row ') == 2


def test_an_empty_inbox_says_what_will_come(aino, oona):
    assert "Viestejä ei vielä ole" in words(aino.browser.open("/messages"))
    assert "Viestit tulevat tänne, kun olet asiakas" in words(oona.open("/messages"))
    for path in ("/messages/new", "/feedback"):
        assert oona.get(path).headers["location"] == "/messages"
    refused = oona.post("/feedback", data=hidden(oona.get("/messages").text) | {"form_key": str(uuid4()), "body": "A"})
    assert refused.status_code == 409


@pytest.mark.parametrize(("language", "word"), [("fi", "Viestit"), ("sv", "Meddelanden"), ("en", "Messages")])
def test_every_language_has_its_own_words_and_says_in_which_a_message_is(house, aino, inbox, language, word):
    browser = house.open_for(AINO, aino.name, language=language)
    assert f"<h1>{word}</h1>" in browser.open("/messages").text
    source = browser.open(f"/messages/{inbox.thread('Huoltokatko').id}").text
    assert ('<h1 lang="fi">' in source) is (language != "fi")
    browser.open("/messages/new")
    browser.open("/feedback")


def test_a_thread_is_read_by_itself_with_htmx_and_by_a_button_without(aino, inbox):
    page = f"/messages/{inbox.thread('Huoltokatko').id}"
    opened = aino.browser.open(page)
    assert "<p>Sähköt ovat &lt;b&gt;poikki&lt;/b&gt;.</p><p>Sulje laitteet.</p>" in opened.text
    assert 'hx-trigger="load"' in opened.text
    assert re.search(r"<noscript><button[^>]+name=\"by-hand\"", opened.text)
    assert "Lukemattomat (1)" in words(aino.browser.open("/messages"))  # looking changes nothing
    asked = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "div#reading"}
    answer = aino.browser.post(f"{page}/read", data=form(aino.browser, page), headers=asked)
    assert re.fullmatch(r"<title>[^<]+</title>\s*<div id=\"reading\" data-quiet hidden>\s*</div>\s*", answer.text)
    assert "Lukemattomat (0)" in words(aino.browser.open("/messages"))
    again = aino.browser.post(
        f"{page}/read", data=form(aino.browser, page, until="2026-01-01T00:00Z") | {"by-hand": "y"}
    )
    assert (again.status_code, again.headers["location"]) == (303, page)


def test_all_is_marked_as_read_up_to_what_was_shown(aino, inbox):
    shown = form(aino.browser, "/messages")
    inbox.tell("M3", hours=0, subject="Uudempi")
    assert aino.browser.post("/messages/read", data=shown).headers["location"] == "/messages"
    assert "Lukemattomat (1)" in words(aino.browser.open("/messages"))


@pytest.mark.parametrize(
    "until",
    ["", "yesterday", "2026-11-21T10:00:00", "9999-12-31T23:59:59-12:00", "0001-01-01T00:00:00+12:00", "1e30", "nan"],
)
def test_a_form_that_says_no_instant_makes_no_sense(aino, inbox, until):
    token = hidden(aino.browser.get("/messages").text)
    assert aino.browser.post("/messages/read", data=token | {"until": until}).status_code == 400


def test_a_question_is_sent_answered_and_settled(aino, inbox):
    typed = form(aino.browser, f"/messages/new?invoice={inbox.bill}", topic="billing", subject="Lasku", body="Miksi?")
    sent = aino.browser.post("/messages/new", data=typed)
    again = aino.browser.post("/messages/new", data=typed)
    assert sent.status_code == again.status_code == 303
    page = sent.headers["location"]
    assert page == again.headers["location"]
    said = words(aino.browser.open(page))
    assert "Odottaa vastausta" in said
    assert "Vastaamme tänne kahden arkipäivän kuluessa" in said
    assert re.search(r"Sinä .* Miksi\?", said)
    thread = inbox.thread("Lasku")
    assert (thread.invoice_id, thread.site_id) == (inbox.bill, inbox.site)
    inbox.tell("M3", "answer", hours=0, thread_number=thread.number, from_name="Veera")
    assert "Veera Asiakaspalvelu" in words(aino.browser.open(page))
    wrong = aino.browser.post(page, data=form(aino.browser, page, body=" "))
    assert wrong.status_code == 422
    assert "Täytä tämä kenttä" in words(wrong)
    assert aino.browser.post(page, data=form(aino.browser, page, body="Kiitos")).headers["location"] == page
    assert [message.kind for message in inbox.rows(Message)].count("question") == 2
    aino.browser.post(f"{page}/close", data=hidden(aino.browser.get(page).text))
    assert "Päätetty" in words(aino.browser.open(page))


WRONG = [
    ({"topic": "news"}, "Aihe: Valitse jokin vaihtoehdoista"),
    ({"topic": ""}, "Aihe: Valitse jokin vaihtoehdoista"),
    ({"subject": "  "}, "Otsikko: Täytä tämä kenttä"),
    ({"subject": "\u200b", "body": "\u3164"}, "Otsikko: Täytä tämä kenttä. Viesti: Täytä tämä kenttä"),
    ({"subject": "x" * 121}, "Otsikko: Kirjoita enintään 120 merkkiä"),
    ({"body": "x" * 5001}, "Viesti: Kirjoita enintään 5000 merkkiä"),
    ({"body": "Olen 010180-9015"}, "Viesti: Jätä henkilötunnus pois"),
]


@pytest.mark.parametrize(("wrong", "says"), WRONG)
def test_wrong_input_is_shown_again_and_nothing_typed_is_lost(aino, inbox, wrong, says):
    right = {"topic": "moving", "subject": "Muutan", "body": "Rivi\r\nToinen <rivi>", "site": str(inbox.site)}
    answer = aino.browser.post("/messages/new", data=form(aino.browser, "/messages/new", **right | wrong))
    assert answer.status_code == 422
    assert says in words(answer)
    kept = right | wrong
    if kept["topic"] == "moving":
        assert '<option value="moving" selected>' in answer.text
    assert f'<option value="{inbox.site}" selected>' in answer.text
    if kept["body"] == right["body"]:
        assert "Rivi\r\nToinen &lt;rivi&gt;</textarea>" in answer.text
    assert not [message for message in inbox.rows(Message) if message.kind == "question"]


def test_the_address_fills_the_form_with_ones_own_only(aino, mikko, inbox):
    page = f"/messages/new?topic=contract&site={inbox.site}"
    source = aino.browser.open(page).text
    assert '<option value="contract" selected>' in source
    assert f'<option value="{inbox.site}" selected>' in source
    for thing in (f"site={inbox.site}", f"invoice={inbox.bill}", f"contract={uuid4()}", "invoice=x"):
        mikko.browser.open(f"/messages/new?{thing}", status=404)
    typed = form(mikko.browser, "/messages/new", topic="other", subject="A", body="B", site=str(inbox.site))
    assert mikko.browser.post("/messages/new", data=typed).status_code == 404


def test_feedback_is_a_message_of_its_own(aino, inbox):
    wrong = aino.browser.post("/feedback", data=form(aino.browser, "/feedback", body=""))
    assert wrong.status_code == 422
    sent = aino.browser.post("/feedback", data=form(aino.browser, "/feedback", body="Hyvä palvelu"))
    assert inbox.thread("Palaute").topic == "feedback"
    assert "Hyvä palvelu" in words(aino.browser.open(sent.headers["location"]))


FULL = [
    ("/messages/new", {"topic": "moving", "subject": "Muutan & pakkaan", "body": "Rivi\nToinen <rivi>"}),
    ("/feedback", {"body": "Rivi\nToinen <rivi>"}),
    ("thread", {"body": "Rivi\nToinen <rivi>"}),
]


@pytest.mark.parametrize(("language", "says"), [("fi", "soita meille"), ("sv", "ring oss"), ("en", "call us")])
def test_when_the_day_is_full_the_form_says_until_when_whom_to_call_and_keeps_what_was_typed(
    house, aino, inbox, language, says
):
    browser = house.open_for(AINO, aino.name, language=language)
    asked = browser.post("/messages/new", data=form(browser, "/messages/new", topic="other", subject="A", body="B"))
    thread = asked.headers["location"]
    with house.database.writing() as db:
        mine = db.exec(select(Message).where(Message.kind == "question")).one()
        for _ in range(MESSAGES_A_DAY):
            db.add(Message(**mine.model_dump(exclude={"id", "form_key"}), form_key=uuid4()))
    until = formats.instant(mine.sent_at + timedelta(days=1, minutes=1), Language(language))
    for page, typed in FULL:
        path = thread if page == "thread" else page
        more = {"site": str(inbox.site)} if page == "/messages/new" else {}
        answer = browser.post(path, data=form(browser, path, **typed, **more))
        check(answer, path)
        assert (answer.status_code, 86_000 < int(answer.headers["retry-after"]) <= 86_460) == (429, True)
        for said in (until.replace("\u00a0", " "), "0800 000 000", says):
            assert said in words(answer)
        assert re.search(r"Rivi\r?\nToinen &lt;rivi&gt;</textarea>", answer.text)
        assert "subject" not in typed or 'value="Muutan &amp; pakkaan"' in answer.text
    assert len(inbox.rows(MessageThread)) == 3


def test_a_bulletin_takes_no_replies_and_offers_a_new_message(aino, inbox):
    inbox.tell("M3", "bill", subject="Lasku on valmis", invoice_number=number_of(inbox))
    source = aino.browser.open(f"/messages/{inbox.thread('Lasku on valmis').id}").text
    assert f'href="/messages/new?topic=billing&amp;invoice={inbox.bill}"' in source
    assert "<textarea" not in source


def number_of(inbox):
    with inbox.house.database.reading() as db:
        return db.get_one(Invoice, inbox.bill).number


def test_a_message_about_a_bill_leads_to_it_and_to_its_payment(aino, inbox):
    inbox.tell("M3", "bill", subject="Maksumuistutus", invoice_number=inbox.number)
    page = aino.browser.open(f"/messages/{inbox.thread('Maksumuistutus').id}")
    assert f'href="/invoices/{inbox.bill}#pay"' in page.text
    assert "Maksettavaa 125,50 €, eräpäivä" in words(page)
    register = Register(inbox.house.database)
    register.payment(inbox.bill, 12550, aino.today)
    again = aino.browser.open(f"/messages/{inbox.thread('Maksumuistutus').id}").text
    assert f'href="/invoices/{inbox.bill}"' in again
    assert "#pay" not in again


def test_messages_about_bills_name_the_bill_they_are_about(aino, inbox):
    register = Register(inbox.house.database)
    heat = register.contract(aino.party, inbox.site, None, register.product("heat"), "heat")
    bill = register.bill(aino.party, inbox.site, aino.today, lines=[line(heat, 10000)])
    with inbox.house.database.reading() as db:
        number = db.get_one(Invoice, bill).number
    inbox.tell("M3", "bill", subject="Lasku on valmis", invoice_number=number)
    for path in ("/messages", "/overview"):
        assert re.search(r"Lasku on valmis [^<]*, kaukolämpö", words(aino.browser.open(path)))


def test_a_message_about_a_contract_leads_to_it(aino, inbox):
    register = Register(inbox.house.database)
    contract = register.contract(aino.party, inbox.site, None, register.product())
    with inbox.house.database.reading() as db:
        number = db.get_one(Contract, contract).number
    inbox.tell("M3", "notice", subject="Hinta muuttuu", contract_number=number)
    page = aino.browser.open(f"/messages/{inbox.thread('Hinta muuttuu').id}")
    assert f'href="/contracts/{contract}"' in page.text
    assert "Näytä sopimus" in words(page)


def test_nobody_is_sent_to_sign_in(nobody, inbox):
    for path in ("/messages", f"/messages/{inbox.thread('Soitto').id}", "/messages/new", "/feedback"):
        answer = nobody.get(path)
        assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")


def test_a_stranger_finds_nothing(mikko, inbox):
    page = f"/messages/{inbox.thread('Huoltokatko').id}"
    mikko.browser.open(page, status=404)
    assert "Huoltokatko" not in mikko.browser.open("/messages").text
    token = hidden(mikko.browser.get("/messages").text)
    more = {"form_key": str(uuid4()), "until": "2027-01-01T00:00:00Z", "body": "A"}
    for path in (page, f"{page}/read", f"{page}/close"):
        assert mikko.browser.post(path, data=token | more).status_code == 404
