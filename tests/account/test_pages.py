"""One's own account: what stands there, what can be changed and with which proof, where one is signed in."""

import json
import re
from datetime import timedelta
from uuid import uuid4

import pytest
from sqlmodel import select
from starlette.datastructures import FormData

from portal.account.forms import AddressForm, BillingForm, ContactForm
from portal.audit.models import AuditEntry
from portal.auth import actions as sessions
from portal.auth.actions import SESSION_COOKIE
from portal.auth.models import Account, SignedSession
from portal.auth.reach import Theme
from portal.customers.actions import LETTERS_A_DAY
from portal.customers.models import BillingDetails, ContactChange, ContactDetail, Mandate, Party
from portal.kit import clock, forms
from portal.kit.i18n import Language
from portal.kit.jobs import Shift
from portal.kit.mail import MailServer, Smtp
from portal.outbox.jobs import mailing
from portal.outbox.models import OutboxEvent
from tests import days, markup
from tests.browser import hidden
from tests.people import AINO, MIKKO, on_both
from tests.post import SIGNATURE, Mood, Post

pytestmark = pytest.mark.sqlite

OLD, NEW = "aino@example.fi", "aino.makela@example.fi"
PHONE = "+358401234567"
PAGES = ("/account", "/account/contact", "/account/address", "/account/billing")
ACTS = {
    "/account/language": {"language": "sv"},
    "/account/sessions/end-others": {},
    "/account/sessions/end-all": {},
    f"/account/sessions/{uuid4()}/end": {},
    "/account/contact": {"email": NEW, "phone": ""},
    "/account/contact/again": {},
    "/account/address": {},
    "/account/billing": {},
}
ADDRESS = {"street": "Uusikatu 2", "postcode": "33100", "town": "Tampere", "country": "FI"}


@pytest.fixture
def aino(house, aino):
    """A customer with an e-mail address and a phone number, who proved who she is ten minutes ago."""
    house.contact(aino.party, email=OLD, phone=PHONE)
    return aino


@pytest.fixture
def proved(house, aino):
    """Aino's browser, just after she has proved who she is."""
    return house.open_for(AINO, "Aino Mäkelä", proved_minutes_ago=0)


@pytest.fixture
def company(house):
    """A company that bills go to by e-mail."""
    with house.database.writing() as db:
        party = Party(customer_number="2001", kind="company", name="Esimerkki Oy", business_id="7654321-2")
        db.add(party)
        db.flush()
        db.add(ContactDetail(party_id=party.id, kind="email", value="yritys@example.fi"))
        db.add(BillingDetails(party_id=party.id, channel="AI04", email="laskut@example.fi", reference="KP 4120"))
    return party.id


def act_for(house, browser, party, grantee, themes=tuple(Theme)):
    """Give a mandate and let its holder act by it."""
    with house.database.writing() as db:
        since = clock.day_of(house.now)
        told = {"themes": ",".join(themes), "every_site": True, "level": "manage", "valid_from": since}
        db.add(Mandate(grantor_id=party, grantee_id=grantee, **told))
    answer = browser.submit("/act-as", {"party": str(party)}, page="/account")
    assert answer.status_code == 303


def plain(answer):
    """What stands on a page to read."""
    return markup.words(answer, "//main")


def save(browser, path, form, **more):
    return browser.submit(path, form, page=path, **more)


def rows(house, table):
    with house.database.reading() as db:
        return db.exec(select(table)).all()


def letters(house):
    return [row for row in rows(house, OutboxEvent) if row.kind == "mail"]


# The account


def test_the_account_says_who_one_is_and_shows_no_identity_code(aino):
    page = plain(aino.browser.open("/account"))
    for words in ("Aino Mäkelä", "1001", OLD, "+358 40 123 4567", "Tiedossamme, ei näytetä", "Tämä selain"):
        assert words in page
    assert AINO not in page
    assert AINO[:6] not in page


def test_nobody_is_sent_to_sign_in_and_changes_nothing(house, nobody):
    for path in PAGES:
        assert nobody.get(path).headers["location"] == f"/sign-in?next={path}"
    token = hidden(nobody.get("/sign-in").text)
    for path, form in ACTS.items():
        assert nobody.post(path, data=token | form).headers["location"].startswith("/sign-in")
    assert rows(house, ContactChange) == []


def test_the_pages_hold_together_in_every_language(house, aino):
    for language in Language:
        browser = house.open_for(AINO, "Aino Mäkelä", language=language, proved_minutes_ago=0)
        for path in PAGES:
            browser.open(path)


def test_somebody_without_a_number_is_helped_and_never_fails(house, oona):
    assert "Sinulla ei ole vielä asiakkuutta" in plain(oona.open("/account"))
    proved = house.open_for("150704A933E", "Oona Virtanen", proved_minutes_ago=0)
    for path in PAGES[1:]:
        assert proved.get(path).headers["location"] == "/account"
        assert proved.submit(
            path, ACTS[path] or ADDRESS | {"channel": "AI01", "language": "fi"}, page="/account"
        ).status_code in {303, 422}
    assert rows(house, ContactChange) == []


def test_on_behalf_of_a_company_its_own_details_are_shown(house, aino, company):
    act_for(house, aino.browser, company, aino.party)
    page = plain(aino.browser.open("/account"))
    for words in (
        "Esimerkki Oy",
        "7654321-2",
        "yritys@example.fi",
        "laskut@example.fi",
        "KP 4120",
        "Sinä, Aino Mäkelä",
    ):
        assert words in page
    assert OLD not in page
    assert "henkilötunnus" not in page.lower()


def test_a_limited_mandate_shows_no_contact_details_and_changes_none(house, aino, company):
    act_for(house, aino.browser, company, aino.party, themes=(Theme.CONSUMPTION,))
    page = aino.browser.open("/account")
    assert "Valtuutesi ei kata yhteystietoja" in plain(page)
    assert "yritys@example.fi" not in page.text
    assert "laskut@example.fi" not in page.text
    for path in PAGES[1:]:
        assert aino.browser.get(path).status_code == 403
        assert aino.browser.submit(path, ADDRESS, page="/account").status_code == 403
    assert rows(house, ContactChange) == []


# Contact details


def test_contact_details_ask_for_a_proof_first(aino):
    assert aino.browser.get("/account/contact").headers["location"] == "/confirm?next=/account/contact"


def test_a_phone_number_is_saved_and_shown_as_being_updated(house, proved):
    answer = save(proved, "/account/contact", {"email": OLD, "phone": "050 765 4321"})
    assert answer.headers["location"] == "/account?saved=contact"
    page = plain(proved.open("/account?saved=contact"))
    assert "+358 50 765 4321" in page
    assert "päivitetään" in page
    assert "Yhteystiedot on tallennettu." in page
    [letter] = letters(house)
    assert OLD in letter.payload
    assert "507654321" not in letter.payload


def test_what_was_typed_after_the_proof_grew_old_waits_while_one_proves_it_again(house, aino, proved):
    typed = {"email": NEW, "phone": "050 765 4321"}
    answer = aino.browser.submit("/account/contact", typed, page="/account")
    assert answer.headers["location"] == "/confirm?next=/account/contact"
    assert rows(house, ContactChange) == []
    page = proved.open("/account/contact")
    assert f'value="{NEW}"' in page.text
    assert 'value="+358507654321"' in page.text
    assert "ei ole vielä tallennettu" in plain(page)
    save(proved, "/account/contact", typed)
    assert f'value="{OLD}"' not in proved.open("/account/contact").text


@pytest.mark.parametrize(
    ("form", "typed", "wrong", "says"),
    [
        (ContactForm, {"email": "aino.example.fi"}, "email", "Tarkista sähköpostiosoite"),
        (ContactForm, {"email": "aino@example"}, "email", "Tarkista sähköpostiosoite"),
        (ContactForm, {"email": "äiti@example.fi"}, "email", "vain @-merkin jälkeen"),
        (ContactForm, {"email": "oona,eino@example.fi"}, "email", "Tarkista sähköpostiosoite"),
        (ContactForm, {"email": "<oona@example.fi>"}, "email", "Tarkista sähköpostiosoite"),
        (ContactForm, {"email": "a..b@example.fi"}, "email", "Tarkista sähköpostiosoite"),
        (ContactForm, {"phone": "12"}, "phone", "Tarkista puhelinnumero"),
        (AddressForm, {**ADDRESS, "street": "\u200b"}, "street", "Täytä tämä kenttä"),
        (ContactForm, {"email": "aino\u200b@example.fi"}, "email", "Tarkista, mitä kirjoitit"),
        (ContactForm, {"email": "a@b.fi\r\nBcc: x@y.fi"}, "email", "Tarkista, mitä kirjoitit"),
        (ContactForm, {"email": "a" * 250 + "@b.fi"}, "email", "254"),
        (AddressForm, ADDRESS | {"postcode": "3310"}, "postcode", "viisi numeroa"),
        (AddressForm, ADDRESS | {"street": ""}, "street", "Täytä tämä kenttä."),
        (AddressForm, ADDRESS | {"country": "XX"}, "country", "Valitse jokin vaihtoehdoista."),
        (AddressForm, ADDRESS | {"town": "x" * 101}, "town", "100"),
        (BillingForm, {"channel": "AI99", "language": "fi"}, "channel", "Valitse jokin vaihtoehdoista."),
        (BillingForm, {"language": "fi"}, "channel", "Täytä tämä kenttä."),
        (BillingForm, {"channel": "AI01", "language": "de"}, "language", "Valitse jokin vaihtoehdoista."),
    ],
)
def test_what_is_wrong_is_said_at_its_field(form, typed, wrong, says):
    refused = forms.read(form, FormData(typed))
    assert list(refused.errors) == [wrong]
    assert says in refused.errors[wrong].said(Language.FI)


@pytest.mark.parametrize(
    ("typed", "taken"),
    [
        ({"email": " Aino@Example.FI ", "phone": "040 123 4567"}, ("Aino@example.fi", PHONE)),
        ({"email": "", "phone": ""}, ("", "")),
        ({"email": "aino@sähkö.example.fi", "phone": "+358 (0)40 123 4567"}, ("aino@sähkö.example.fi", PHONE)),
        ({"email": "\u200b", "phone": "\u2060"}, ("", "")),
        ({}, ("", "")),
    ],
)
def test_contact_details_are_taken_in_their_normal_form(typed, taken):
    form = forms.read(ContactForm, FormData(typed)).value
    assert (form.email, form.phone) == taken


def test_wrong_input_is_shown_again_with_what_was_typed(house, proved):
    answer = save(proved, "/account/contact", {"email": "aino.example.fi", "phone": "12"})
    assert answer.status_code == 422
    assert 'href="#email"' in answer.text
    assert 'href="#phone"' in answer.text
    assert 'value="aino.example.fi"' in answer.text
    assert 'value="12"' in answer.text
    answer = save(proved, "/account/address", ADDRESS | {"postcode": "3310"})
    assert answer.status_code == 422
    assert 'value="3310"' in answer.text
    assert save(proved, "/account/billing", {"channel": "AI99", "reference": "KP"}).status_code == 422
    assert rows(house, ContactChange) == []


def test_what_is_so_already_needs_no_proof_and_writes_nothing(house, aino):
    answer = aino.browser.submit("/account/contact", {"email": OLD, "phone": "040 1234567"}, page="/account")
    assert answer.headers["location"] == "/account?saved=nothing"
    assert rows(house, ContactChange) == []


def test_an_address_that_bills_go_to_is_not_given_up(house, aino, proved):
    with house.database.writing() as db:
        db.add(BillingDetails(party_id=aino.party, channel="AI04"))
    answer = save(proved, "/account/contact", {"email": "", "phone": ""})
    assert answer.status_code == 422
    assert "Laskut tulevat sähköpostitse" in plain(answer)


@on_both
def test_a_new_address_is_asked_by_mail_and_confirmed_by_a_button(house, proved, nobody):
    """With a real SMTP server: the letter's own link, opened by whoever reads that mailbox."""
    answer = save(proved, "/account/contact", {"email": NEW, "phone": PHONE})
    assert answer.headers["location"] == "/account?saved=email"
    assert (
        save(proved, "/account/contact", {"email": NEW, "phone": PHONE}).headers["location"] == "/account?saved=nothing"
    )
    with Post() as office:
        server = MailServer.at(office.url)
        mailing(lambda: Smtp(server), SIGNATURE).run(Shift(house.database, days.now))
    asked, warned = sorted(office.letters, key=lambda letter: letter["To"] == OLD)
    assert (asked["To"], warned["To"]) == (NEW, OLD)
    assert NEW not in warned.get_content()
    assert "0800" in warned.get_content()
    link = re.search(r"https://portal\.test(/account/confirm-email\?token=\S+)", asked.get_content())[1]
    assert "Aino" not in asked.as_string()

    assert OLD in plain(proved.open("/account"))
    for _ in range(2):  # programs that look for viruses open links, too
        assert "Vahvista osoite" in plain(nobody.open(link))
    assert [change.counts_from for change in rows(house, ContactChange)] == [None]
    token = re.search(r'name="token" value="([^"]+)"', nobody.get(link).text)[1]
    for _ in range(2):
        confirmed = nobody.submit("/account/confirm-email", {"token": token}, page=link)
        assert "Osoite on vahvistettu" in plain(nobody.open(confirmed.headers["location"]))
    assert [row.kind for row in rows(house, OutboxEvent)] == ["mail", "mail", "contact.changed"]
    assert f"{NEW} Muutettu täällä" in plain(proved.open("/account"))


def test_a_letter_that_was_given_up_is_told(house, proved):
    save(proved, "/account/contact", {"email": NEW, "phone": PHONE})
    with Post(mood=Mood.UNKNOWN) as office:
        server = MailServer.at(office.url)
        mailing(lambda: Smtp(server), SIGNATURE).run(Shift(house.database, days.now))
    page = proved.open("/account")
    assert f"Viestiä ei voitu toimittaa osoitteeseen {NEW}" in plain(page)
    assert "Lähetimme viestin" not in plain(page)
    save(proved, "/account/contact", {"email": "toinen@example.fi", "phone": PHONE})
    assert "Lähetimme viestin osoitteeseen toinen@example.fi" in plain(proved.open("/account"))


def test_a_letter_to_a_domain_with_letters_of_its_own_is_sent_in_ascii(house, proved):
    save(proved, "/account/contact", {"email": "aino@sähkö.example.fi", "phone": PHONE})
    with Post() as office:
        server = MailServer.at(office.url)
        mailing(lambda: Smtp(server), SIGNATURE).run(Shift(house.database, days.now))
    assert "TO:<aino@xn--shk-qla6g.example.fi>" in office.recipients
    assert "aino@sähkö.example.fi" in plain(proved.open("/account"))


def test_a_link_that_is_not_ours_says_so(nobody):
    for token in ("", "made-up", "ä"):
        page = nobody.open("/account/confirm-email", params={"token": token}, status=410)
        assert "Linkki ei enää toimi" in plain(page)
        assert nobody.submit("/account/confirm-email", {"token": token}, page="/sign-in").status_code == 303


def test_the_letter_can_be_sent_again_once_a_minute(house, proved):
    save(proved, "/account/contact", {"email": NEW, "phone": PHONE})
    sent = len(letters(house))
    again = proved.submit("/account/contact/again", page="/account")
    assert again.headers["location"] == "/account?saved=nothing"
    with house.database.writing() as db:
        db.exec(select(ContactChange)).one().asked_at -= timedelta(minutes=2)
    assert proved.submit("/account/contact/again", page="/account").headers["location"] == "/account?saved=email"
    assert len(letters(house)) == sent + 1  # the old address has heard of it


def test_each_old_address_is_warned_once_in_the_matters_of_its_own_number(house, aino, proved):
    numbers = {"1002": "toinen@example.fi", "1003": OLD, "1004": ""}
    parties = {number: house.customer(AINO, "Aino Mäkelä", number) for number in numbers}
    with house.database.writing() as db:
        for number, address in numbers.items():
            if address:
                db.add(ContactDetail(party_id=parties[number], kind="email", value=address))
    save(proved, "/account/contact", {"email": NEW, "phone": PHONE})
    sent = {(json.loads(letter.payload)["to"], letter.party_id) for letter in letters(house)}
    assert sent == {(NEW, aino.party), (OLD, aino.party), ("toinen@example.fi", parties["1002"])}
    assert len(letters(house)) == 3


def test_a_day_takes_so_many_new_addresses_and_says_when_it_takes_another(house, proved):
    for number in range(LETTERS_A_DAY):
        save(proved, "/account/contact", {"email": f"a{number}@example.fi", "phone": PHONE})
    before = len(rows(house, ContactChange))
    answer = save(proved, "/account/contact", {"email": NEW, "phone": "050 765 4321"})
    assert answer.status_code == 422
    assert f'value="{NEW}"' in answer.text
    assert 'value="+358507654321"' in answer.text
    assert "niin monta uutta sähköpostiosoitetta kuin vuorokaudessa" in plain(answer)
    assert "0800 000 000" in plain(answer)
    assert len(rows(house, ContactChange)) == before
    assert save(proved, "/account/contact", {"email": OLD, "phone": PHONE}).headers["location"]


def test_another_customers_details_stay_as_they_are(house, proved, mikko):
    save(proved, "/account/contact", {"email": OLD, "phone": "050 765 4321"})
    assert {change.party_id for change in rows(house, ContactChange)}.isdisjoint({mikko.party})
    assert "507654321" not in mikko.browser.open("/account").text


# The postal address, and how bills come


def test_an_address_is_saved_without_a_proof(house, aino):
    assert save(aino.browser, "/account/address", ADDRESS).headers["location"] == "/account?saved=address"
    assert "Uusikatu 2, 33100 Tampere Muutettu täällä" in plain(aino.browser.open("/account"))
    assert save(aino.browser, "/account/address", ADDRESS).headers["location"] == "/account?saved=nothing"
    assert [row.kind for row in rows(house, OutboxEvent)] == ["address.changed"]
    assert 'value="Uusikatu 2"' in aino.browser.open("/account/address").text


def test_an_address_abroad_names_its_country(aino):
    save(aino.browser, "/account/address", ADDRESS | {"postcode": "SE-111 22", "country": "SE"})
    assert "SE-111 22 Tampere, Ruotsi" in plain(aino.browser.open("/account"))


def test_a_way_of_billing_and_its_language_are_saved(house, aino):
    form = {"channel": "AI05", "language": "sv", "reference": "Mökki"}
    assert save(aino.browser, "/account/billing", form).headers["location"] == "/account?saved=billing"
    page = plain(aino.browser.open("/account"))
    for words in ("OmaPostiin", "Mökki", "Svenska"):
        assert words in page
    assert [row.kind for row in rows(house, OutboxEvent)] == ["billing.changed", "language.changed"]
    assert save(aino.browser, "/account/billing", form).headers["location"] == "/account?saved=nothing"


def test_bills_by_email_need_an_address_that_is_known(house, mikko, aino):
    form = {"channel": "AI04", "language": "fi", "email": "stranger@example.fi"}
    answer = save(mikko.browser, "/account/billing", form)
    assert answer.status_code == 422
    assert "Lisää ensin sähköpostiosoite" in plain(answer)
    save(aino.browser, "/account/billing", form)
    assert "stranger" not in rows(house, ContactChange)[0].after
    assert f"Sähköpostilaskujen osoite {OLD}" in plain(aino.browser.open("/account"))


def test_a_company_keeps_its_own_address_for_bills(house, aino, company):
    act_for(house, aino.browser, company, aino.party)
    page = aino.browser.open("/account/billing")
    assert '<option value="laskut@example.fi" selected>' in page.text
    form = {"channel": "AI04", "language": "fi", "email": "laskut@example.fi", "reference": "KP 4120"}
    assert save(aino.browser, "/account/billing", form).headers["location"] == "/account?saved=nothing"


# The language


def test_a_language_is_the_persons_and_in_their_own_matters_their_bills_too(house, aino):
    answer = aino.browser.submit("/account/language", {"language": "sv"}, page="/account")
    assert answer.headers["location"] == "/account?saved=language"
    assert answer.headers["set-cookie"].startswith("__Host-language=sv;")
    assert [account.language for account in rows(house, Account)] == ["sv"]
    assert [row.kind for row in rows(house, OutboxEvent)] == ["language.changed"]


def test_on_behalf_of_another_only_ones_own_language_changes(house, aino, company):
    act_for(house, aino.browser, company, aino.party)
    aino.browser.submit("/account/language", {"language": "en"}, page="/account")
    assert [account.language for account in rows(house, Account)] == ["en"]
    assert rows(house, ContactChange) == []


def test_an_unknown_language_changes_nothing(house, aino):
    aino.browser.submit("/account/language", {"language": "de"}, page="/account")
    assert [account.language for account in rows(house, Account)] == [None]


# Sessions


def alive(*browsers):
    return [browser.get("/account").status_code == 200 for browser in browsers]


def session_of(house, browser):
    """The id of the session that a browser holds."""
    with house.database.reading() as db:
        token_hash = sessions._hash(browser.cookies[SESSION_COOKIE])
        return db.exec(select(SignedSession.id).where(SignedSession.token_hash == token_hash)).one()


def test_a_person_sees_and_ends_one_session(house, aino, proved):
    page = aino.browser.open("/account")
    assert page.text.count("/account/sessions/") == 3  # the other one, the others, all
    other = session_of(house, proved)
    assert f"/account/sessions/{other}/end" in page.text
    aino.browser.submit(f"/account/sessions/{other}/end", page="/account")
    assert alive(aino.browser, proved) == [True, False]
    assert "session.ended" in [entry.act for entry in rows(house, AuditEntry)]


def test_a_person_ends_the_others_and_stays(house, aino, proved):
    third = house.open_for(AINO, "Aino Mäkelä")
    aino.browser.submit("/account/sessions/end-others", page="/account")
    assert alive(aino.browser, proved, third) == [True, False, False]


def test_signing_out_everywhere_ends_this_session_too_and_the_browser_forgets(aino, proved):
    answer = aino.browser.submit("/account/sessions/end-all", page="/account")
    assert answer.headers["location"] == "/sign-in?notice=signed-out"
    assert answer.headers["clear-site-data"] == '"cache", "storage"'
    assert alive(aino.browser, proved) == [False, False]


def test_another_persons_session_is_not_there(house, aino, mikko):
    for stranger in (session_of(house, mikko.browser), uuid4()):
        answer = aino.browser.submit(f"/account/sessions/{stranger}/end", page="/account")
        assert answer.status_code == 404
    assert alive(mikko.browser) == [True]


def test_the_sign_in_before_this_one_is_told(house):
    house.customer(MIKKO, "Mikko Korhonen", "1002")
    house.cookie(MIKKO, "Mikko Korhonen", now=days.now() - timedelta(days=3))
    browser = house.open_for(MIKKO, "Mikko Korhonen")
    before = clock.day_of(days.now() - timedelta(days=3))
    assert f"Edellinen kerta {before.day}.{before.month}.{before.year}" in plain(browser.open("/account"))


@pytest.mark.parametrize("channel", ["AI02", "AI06", "AI08"])
def test_a_way_of_billing_that_is_not_offered_is_not_taken(house, aino, channel):
    assert save(aino.browser, "/account/billing", {"channel": channel, "language": "fi"}).status_code == 422
    assert rows(house, OutboxEvent) == []
