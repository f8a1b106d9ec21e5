"""The pages of consents, as a customer, a stranger, htmx, and somebody who tampers meet them."""

import json
import re
from html.parser import HTMLParser

import pytest
from sqlmodel import select

from portal.consents import labels, notices
from portal.consents.models import PermissionRecord
from portal.consents.records import row_id
from portal.consents.rules import MATRIX, Action, Channel, DecisionKind, DecisionSubject, Ground, Purpose
from portal.kit.i18n import text
from portal.settings import DEMO_BRAND
from tests import markup
from tests.asked import asking
from tests.consents.conftest import EMAIL, LETTER, NOW, ROOT

NO_RECEIPT = "00000000-0000-4000-8000-000000000000"
PATHS = ("/consents", "/consents/history", f"/consents/receipts/{NO_RECEIPT}")
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial"}


class Form(HTMLParser):
    """What a browser would send of the page's first form to an address: hidden fields and ticked boxes."""

    def __init__(self, source, action="/consents"):
        super().__init__()
        self.fields, self.boxes, self._inside, self._action, self._done = {}, {}, False, action, False
        self.feed(source)

    def handle_starttag(self, tag, attributes):
        given = dict(attributes)
        if tag == "form":
            self._inside = given.get("action") == self._action and not self._done
        if tag == "input" and self._inside:
            if given["type"] == "checkbox":
                self.boxes[given["name"]] = "checked" in given
            if given["type"] == "hidden" or "checked" in given:
                self.fields[given["name"]] = given["value"]

    def handle_endtag(self, tag):
        if tag == "form" and self._inside:
            self._inside, self._done = False, True


def form(browser, path="/consents"):
    return Form(browser.get(path).text)


def save(browser, **switches):
    """Set switches on the page and press Save."""
    fields = form(browser).fields
    for name, switch in switches.items():
        fields.pop(name, None)
        if switch == "on":
            fields[name] = "on"
    return browser.post("/consents", data=fields)


def click(browser, name, fields=None):
    """Click one switch where scripts run: htmx posts the whole form and asks for the row."""
    fields = fields or form(browser).fields
    row = row_id(Purpose(name.split(".")[0]))
    fields = {key: value for key, value in fields.items() if key != name} | ({} if name in fields else {name: "on"})
    return browser.post("/consents", data=fields | {"switch": name}, headers=HTMX | {"HX-Target": f"div#{row}"})


def recorded(register):
    with register.database.reading() as db:
        records = db.exec(select(PermissionRecord).order_by(PermissionRecord.sequence)).all()
    return [(f"{record.purpose}.{record.channel}", record.action) for record in records]


def plain(answer):
    """What stands on a page to read."""
    return markup.words(answer)


# The matrix


def test_a_customer_sees_what_is_decided_and_on_what_ground(household):
    answer = household.open("/consents")
    boxes = Form(answer.text).boxes
    assert set(boxes) == {cell.key for cell in MATRIX[DecisionSubject.PERSON]}
    assert {name for name, ticked in boxes.items() if not ticked} == {
        "direct-marketing.email",
        "direct-marketing.sms",
        "direct-marketing.automated-call",
        "service-analytics.any",
        "partner-disclosure.any",
    }
    for words in (
        "Suostumukset ja kiellot",
        "Aino Mäkelä, asiakasnumero 100001",
        "Tarjoukset ja uudet palvelut",
        "Peruste: suostumus",
        "Peruste: oikeutettu etu",
        "Peruste: sopimus",
        "laki sähköisen viestinnän palveluista 917/2014, 200 §:n 1 momentti",
        "Suostumus on vapaaehtoinen. Se ei vaikuta sopimukseen eikä hintaan.",
    ):
        assert words in plain(answer)


def test_every_word_that_a_decision_refers_to_stands_on_the_page(household):
    page = plain(household.open("/consents"))
    for cell in MATRIX[DecisionSubject.PERSON]:
        wording = notices.EDITIONS.current.wording(cell, "fi")
        for words in wording.whole.split("\n"):
            assert words in page


def test_every_row_is_a_block_that_htmx_can_ask_for():
    template = (ROOT / "templates" / "consents" / "show.html").read_text()
    assert re.findall(r"{% block (\w+) %}{% from \"consents/parts.html\"", template) == [
        row_id(purpose) for purpose in Purpose
    ]


@pytest.mark.parametrize("language", ["fi", "sv", "en"])
@pytest.mark.parametrize("path", ["/consents", "/consents/history"])
def test_the_pages_hold_together_in_every_language(browse, register, aino, language, path):
    register.decide(aino, (EMAIL, "on"), (LETTER, "off"), ("outages.sms", "off"))
    browse(aino, language).open(path)


def test_saving_without_scripts_decides_what_was_changed_and_nothing_else(register, household):
    answer = save(household, **{EMAIL: "on", LETTER: "off"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/consents?saved=2")
    assert recorded(register) == [(EMAIL, "given"), (LETTER, "given")]
    page = household.open("/consents?saved=2")
    assert Form(page.text).boxes[EMAIL] is True
    assert Form(page.text).boxes[LETTER] is False
    assert "Suostumus annettiin 20.11.2026 klo 14.05. Sen voi peruuttaa milloin tahansa" in plain(page)
    assert "Tämä kiellettiin 20.11.2026 klo 14.05. Kielto on voimassa." in plain(page)


def test_withdrawing_is_one_click_as_giving_was(register, household):
    given = click(household, EMAIL)
    withdrawn = click(household, EMAIL)
    assert recorded(register) == [(EMAIL, "given"), (EMAIL, "withdrawn")]
    assert Form(f'<form action="/consents">{given.text}</form>').boxes[EMAIL] is True
    assert Form(f'<form action="/consents">{withdrawn.text}</form>').boxes[EMAIL] is False
    assert (
        "Sähköposti: Suostumus peruutettiin 20.11.2026 klo 14.05. Peruutus ei vaikuta tietojen aiempaan käsittelyyn."
    ) in plain(withdrawn)


def test_all_consents_are_taken_back_with_one_button_and_given_again_with_another(register, household):
    save(household, **{EMAIL: "on", "partner-disclosure.any": "on", LETTER: "off"})
    button = {name: value for name, value in form(household).fields.items() if name in {"_token", "notice"}}
    assert household.post("/consents", data=button | {"withdraw": "all"}).headers["location"] == "/consents?saved=2"
    taken_back = household.open("/consents?saved=2")
    assert recorded(register)[-2:] == [(EMAIL, "withdrawn"), ("partner-disclosure.any", "withdrawn")]
    assert "Peru: anna 2 suostumusta uudelleen" in plain(taken_back)
    undo = markup.found(taken_back, "//form[@action='/consents'][@class='cluster']//*[@name]")
    again = {one.get("name"): one.get("value") for one in undo}
    assert household.post("/consents", data=again).headers["location"] == "/consents?saved=2"
    assert recorded(register)[-2:] == [(EMAIL, "given"), ("partner-disclosure.any", "given")]
    assert "Peru:" not in plain(household.open("/consents?saved=2"))
    assert "Kaikki oli jo niin kuin halusit." in plain(household.open("/consents?saved=0"))


@pytest.mark.parametrize(
    ("language", "button"),
    [("fi", "Peruuta kaikki suostumukset"), ("sv", "Återkalla alla samtycken"), ("en", "Withdraw all consents")],
)
def test_withdrawing_all_is_offered_only_while_a_consent_is_given(browse, register, aino, language, button):
    browser = browse(aino, language)

    def is_offered():
        found = {button in plain(browser.open("/consents"))}
        found.add(button in plain(browser.fragment("/consents", "withdrawal")))
        return found

    register.decide(aino, (LETTER, "off"), ("outages.sms", "off"))  # no consents
    assert is_offered() == {False}
    register.decide(aino, (EMAIL, "on"))
    assert is_offered() == {True}
    register.decide(aino, (EMAIL, "off"))
    assert is_offered() == {False}


def test_htmx_gets_only_its_row(household):
    row = click(household, EMAIL)
    assert row.status_code == 200
    assert "<html" not in row.text
    assert re.findall(r'class="matrix__row" id="(\w+)"', row.text) == ["direct_marketing"]
    assert row.headers["hx-trigger"] == "decided"
    assert "HX-Target" in row.headers["vary"]
    latest = household.fragment("/consents", "history")
    assert "Suostumus annettu: Tarjoukset ja uudet palvelut, Sähköposti." in plain(latest)
    assert "matrix__row" not in latest.text


def test_a_click_decides_its_own_switch_only(register, household):
    """Another click of the same form is under way and decides for itself, be it before or after."""
    fields = form(household).fields
    row = click(household, "direct-marketing.sms", fields | {EMAIL: "on"})
    boxes = Form(f'<form action="/consents">{row.text}</form>').boxes
    assert (boxes[EMAIL], boxes["direct-marketing.sms"]) == (False, True)
    assert recorded(register) == [("direct-marketing.sms", "given")]


def test_a_click_loads_what_holds_once(register, household):
    fields = form(household).fields
    with asking(register.database) as statements:
        click(household, EMAIL, fields)
    assert sum("max(permission_record.sequence)" in statement for statement in statements) == 1


def test_the_last_of_two_quick_clicks_on_a_switch_holds(register, household):
    """The second click's form still holds what was shown before the first."""
    fields = form(household).fields
    click(household, EMAIL, fields)
    click(household, EMAIL, fields | {EMAIL: "on"})
    assert recorded(register) == [(EMAIL, "given"), (EMAIL, "withdrawn")]


def test_a_double_click_has_one_effect(register, household):
    fields = form(household).fields
    for _ in range(2):
        assert click(household, EMAIL, fields).status_code == 200
    assert recorded(register) == [(EMAIL, "given")]


def test_an_old_page_does_not_undo_what_was_decided_since(register, aino, household):
    """A consent withdrawn in another window, or by phone, must not come back because an old page is saved."""
    register.decide(aino, (EMAIL, "on"))
    old = form(household).fields
    register.decide(aino, (EMAIL, "off"))
    household.post("/consents", data=old | {"direct-marketing.sms": "on"})
    assert recorded(register)[1:] == [(EMAIL, "withdrawn"), ("direct-marketing.sms", "given")]


def test_the_words_are_kept_in_the_language_they_were_read_in(browse, register, aino):
    swedish = browse(aino, "sv")
    save(swedish, **{EMAIL: "on"})
    with register.database.reading() as db:
        [record] = db.exec(select(PermissionRecord)).all()
    email = next(cell for cell in MATRIX[DecisionSubject.PERSON] if cell.key == EMAIL)
    assert record.language == "sv"
    assert record.notice_sha256 == notices.EDITIONS.current.wording(email, "sv").sha256


LAST = {"outages.email": "off", "outages.sms": "off", "outages.letter": "off"}


def test_the_last_channel_is_refused_and_the_form_shown_again_as_it_was_set(register, household):
    answer = save(household, **LAST, **{EMAIL: "on"})
    assert answer.status_code == 422
    assert 'href="#outages"' in answer.text
    assert "Vähintään yhden kanavan on oltava käytössä. Ota ensin käyttöön toinen kanava." in plain(answer)
    again = Form(answer.text)
    assert again.boxes[EMAIL] is True
    assert again.boxes["outages.email"] is False
    assert again.fields["was.outages"] == "email sms letter"
    assert recorded(register) == []
    household.post("/consents", data=again.fields | {"outages.letter": "on"})
    assert recorded(register) == [("outages.email", "withdrawn"), ("outages.sms", "withdrawn"), (EMAIL, "given")]


def test_htmx_gets_its_row_with_the_refusal_and_the_switch_still_on(register, aino, household):
    register.decide(aino, ("outages.email", "off"), ("outages.sms", "off"))
    answer = click(household, "outages.letter")
    assert answer.status_code == 422
    assert Form(f'<form action="/consents">{answer.text}</form>').boxes["outages.letter"] is True
    assert "Vähintään yhden kanavan on oltava käytössä." in plain(answer)
    assert "<html" not in answer.text


@pytest.mark.parametrize(
    "tampering",
    [
        {"direct-marketing.fax": "on"},
        {"lottery.email": "on"},
        {EMAIL: "yes"},
        {"switch": "direct-marketing.fax"},
        {"was.lottery": "email"},
        {"was.direct-marketing": "fax"},
        {"notice": "1999-01-01/fi"},
        {"notice": "2026-11-21/xx"},
        {"notice": ""},
    ],
)
def test_a_tampered_form_is_refused_and_changes_nothing(register, household, tampering):
    answer = household.post("/consents", data=form(household).fields | {"direct-marketing.sms": "on"} | tampering)
    assert answer.status_code == 422
    assert recorded(register) == []


def test_a_form_without_its_token_is_refused(register, household):
    fields = form(household).fields | {EMAIL: "on"}
    del fields["_token"]
    assert household.post("/consents", data=fields).status_code == 403
    assert recorded(register) == []


# The history


def test_the_history_tells_who_where_when_and_from_what_to_what(register, aino, household, clock):
    register.decide(aino, (EMAIL, "on"))
    clock.pass_by(days=1)
    save(household, **{EMAIL: "off"})
    page = plain(household.open("/consents/history"))
    assert (
        "21.11.2026 klo 14.05 Suostumus peruutettu: Tarjoukset ja uudet palvelut, Sähköposti. "
        "Kuitti: Suostumus peruutettu, Tarjoukset ja uudet palvelut, 21.11.2026 klo 14.05 "
        "Ennen: suostumus, jälkeen: ei suostumusta · Aino Mäkelä · Tässä palvelussa · "
        "tietosuoja-asetus 6 art. 1 kohta a; laki 917/2014, 200 § 1 mom."
    ) in page
    assert page.index("Suostumus peruutettu:") < page.index("Suostumus annettu:")


def test_what_came_from_elsewhere_is_told_as_it_is(register, aino, household):
    [party] = aino.parties
    with register.database.writing() as db:
        db.add(
            PermissionRecord(
                sequence=1,
                party_id=party,
                kind="objection",
                purpose="lottery",
                channel="pigeon",
                action="given",
                at=NOW,
                where="phone",
                ground="Personal Data Act 30",
                notice_id="privacy",
                notice_version="2019-1",
                notice_sha256="0" * 64,
                language="fi",
            )
        )
    page = plain(household.open("/consents/history"))
    assert "Kielletty: lottery, pigeon." in page
    assert "Ennen: sallittu, jälkeen: kielletty · Esimerkki Energia Oy · Puhelimitse · Personal Data Act 30" in page


def test_a_long_history_has_pages(register, aino, household):
    for number in range(21):
        register.decide(aino, (EMAIL, "off" if number % 2 else "on"))
    first = household.open("/consents/history")
    assert first.text.count("trail__more") == 20
    assert "Sivu 1/2" in first.text
    second = household.fragment("/consents/history?page=2", "decisions")
    assert second.text.count("trail__more") == 1


@pytest.mark.parametrize(("asked", "shown"), [("0", 1), ("-1", 1), ("x", 1), ("9" * 30, 1), ("3", 2)])
def test_a_page_that_is_not_there_shows_one_that_is(register, aino, household, asked, shown):
    for number in range(21):
        register.decide(aino, (EMAIL, "off" if number % 2 else "on"))
    assert f"Sivu {shown}/2" in household.open(f"/consents/history?page={asked}").text


def test_every_code_has_its_words():
    assert set(labels.GROUNDS) == set(Ground)
    assert set(labels.CHANNELS) == set(Channel) - {Channel.ANY}
    assert set(labels.DEEDS) == {(kind, action) for kind in DecisionKind for action in Action}


@pytest.mark.parametrize(
    ("acr", "told"),
    [
        ("http://ftn.ficora.fi/2017/loa2", text("substantial")),
        ("http://ftn.ficora.fi/2017/loatest3", text("high")),
        ("passkey", text("a passkey, no identification")),
        ("of-a-broker", "of-a-broker"),
        ("", ""),
    ],
)
def test_the_level_of_assurance_has_a_name(acr, told):
    assert labels.level(acr) == told


# Receipts


def receipt_of(register, who, *requests):
    return register.decide(who, *requests)[-1]


def test_a_receipt_holds_every_field_of_the_record(register, aino, household):
    record = receipt_of(register, aino, (EMAIL, "on"))
    page = plain(household.open(f"/consents/receipts/{record.id}"))
    for words in (
        str(record.id),
        "tietosuoja-asetus 6 art. 1 kohta a; laki 917/2014, 200 § 1 mom.",
        record.notice_sha256,
        f"direct-marketing {notices.EDITIONS.current.version}",
        "Aino Mäkelä, 100001",
        f"{DEMO_BRAND.company}, {DEMO_BRAND.business_id}",
        "Tunnistautumisen varmuustaso korotettu",
        "Kerromme omista tuotteistamme ja palveluistamme, enintään kerran kuussa.",
        "20.11.2026 klo 14.05",
    ):
        assert words in page


def test_a_receipt_is_taken_along_as_json(register, aino, household):
    before = receipt_of(register, aino, (EMAIL, "on"))
    record = receipt_of(register, aino, (EMAIL, "off"))
    answer = household.get(f"/consents/receipts/{record.id}?format=json")
    assert answer.headers["content-type"] == "application/json"
    assert answer.headers["content-disposition"] == f'attachment; filename="receipt-{record.id}.json"'
    made = json.loads(answer.content)
    assert made["pii_processing"].pop("privacy_notice")["text"].startswith("Tarjoukset ja uudet palvelut\n")
    assert made == {
        "schema_version": "ISO/IEC TS 27560:2023; portal receipt 1",
        "receipt_id": str(record.id),
        "record_id": str(record.id),
        "pii_principal_id": "100001",
        "pii_processing": {
            "purpose": "direct-marketing",
            "purpose_type": "consent",
            "channel": "email",
            "lawful_basis": "GDPR 6(1)(a); Act 917/2014 s. 200(1)",
            "pii_type": "Nimi, yhteystiedot ja sopimusten tuotteet.",
            "pii_controllers": ["7654321-2"],
            "collection_method": "portal",
            "storage_locations": "Tiedot säilytetään EU:ssa tai Euroopan talousalueella.",
            "retention_period": notices.EDITIONS.current.retention.fi,
            "jurisdiction": "FI",
            "recipient_third_parties": [],
            "withdrawal_method": "/consents",
        },
        "party_identification": [
            {
                "party_id": "7654321-2",
                "party_role": "controller",
                "party_type": "company",
                "party_name": "Esimerkki Energia Oy",
                "party_email": "asiakaspalvelu@example.fi",
                "party_phone": "0800 000 000",
            },
            {
                "party_id": "100001",
                "party_role": "customer",
                "party_type": "person",
                "party_name": "Aino Mäkelä",
                "party_email": None,
                "party_phone": None,
            },
        ],
        "event": {
            "event_time": "2026-11-20T12:05:00Z",
            "event_type": "consent",
            "event_state": "withdrawn",
            "validity_duration": "until replaced",
            "entity_id": "100001",
            "acting_person": "Aino Mäkelä",
            "assurance_level": "http://ftn.ficora.fi/2017/loatest2",
            "replaces": str(before.id),
        },
    }


def test_a_receipt_keeps_the_language_that_was_read(browse, register, aino):
    record = receipt_of(register, aino, (EMAIL, "on"))
    page = browse(aino, "en").open(f"/consents/receipts/{record.id}").text
    assert '<p lang="fi">Tarjoukset ja uudet palvelut<br>' in page
    assert "What was read before the decision" in page


# Strangers, nobody, companies


@pytest.mark.parametrize("path", PATHS)
def test_nobody_is_sent_to_sign_in(browse, path):
    answer = browse().get(path)
    assert (answer.status_code, answer.headers["location"]) == (303, f"/sign-in?next={path}")


def test_nobody_decides_nothing(browse):
    answer = browse().post("/consents", data={EMAIL: "on"})
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/overview")


def test_a_stranger_finds_nothing(browse, register, aino, mikko):
    record = receipt_of(register, aino, (EMAIL, "on"))
    stranger = browse(mikko)
    stranger.open(f"/consents/receipts/{record.id}", status=404)
    assert stranger.get(f"/consents/receipts/{record.id}?format=json").status_code == 404
    for path in ("/consents", "/consents/history"):
        assert "Suostumus annettu" not in stranger.open(path).text
    assert Form(stranger.get("/consents").text).boxes[EMAIL] is False


@pytest.mark.parametrize("wrong", [NO_RECEIPT, "x", "..%2f"])
def test_a_wrong_id_is_not_found(household, wrong):
    household.open(f"/consents/receipts/{wrong}", status=404)


def test_somebody_without_a_contract_is_told_why_there_is_nothing(browse, register):
    newcomer = browse(register.nobody_s_customer("Otto Uusi"))
    page = newcomer.open("/consents")
    assert "Päätettävää ei vielä ole" in page.text
    newcomer.open("/consents/history")
    answer = newcomer.post("/consents", data={"_token": Form(page.text, "/language").fields["_token"], EMAIL: "on"})
    assert answer.status_code == 409
    assert "Sinulla ei ole vielä asiakasnumeroa" in answer.text


def test_a_company_prohibits_marketing_and_is_asked_only_for_what_is_its_peoples(browse, register):
    clerk = browse(register.company("Esimerkkikiinteistöt Oy", "300001"))
    page = clerk.open("/consents")
    boxes = Form(page.text).boxes
    assert {name for name, ticked in boxes.items() if not ticked} == {"partner-disclosure.any"}
    assert "202 §" in page.text
    assert "service-analytics.any" not in boxes
    save(clerk, **{EMAIL: "off"})
    assert recorded(register) == [(EMAIL, "given")]
    assert "Kielletty: Tarjoukset ja uudet palvelut, Sähköposti." in plain(clerk.open("/consents/history"))
