"""Deciding: every decision is kept, tells what it replaces, and is told to audit and outbox; none is taken twice."""

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DatabaseError
from sqlmodel import select

from portal.audit import chain
from portal.audit.models import AuditEntry
from portal.consents import actions, notices, queries, rules
from portal.consents.actions import LastChannel, NotACustomer, PermissionDecided
from portal.consents.models import PermissionRecord
from portal.consents.queries import NoSuchReceipt
from portal.consents.rules import Channel, DecisionSubject, Purpose
from portal.kit.db import Database
from portal.kit.i18n import Language
from portal.outbox.models import OutboxEvent
from tests.consents.conftest import EMAIL, LETTER, NOW, Register, cell, request, seen

LATER = NOW + timedelta(seconds=1)


def kept(database):
    """All records, in the order of the decisions."""
    with database.reading() as db:
        return db.exec(select(PermissionRecord).order_by(PermissionRecord.party_id, PermissionRecord.sequence)).all()


def all_of(database, table):
    with database.reading() as db:
        return db.exec(select(table)).all()


def test_a_decision_is_kept_with_all_that_belongs_to_it(register, aino):
    [record] = register.decide(aino, (EMAIL, "on"))
    wording = notices.EDITIONS.current.wording(cell(Purpose.DIRECT_MARKETING, Channel.EMAIL), Language.FI)
    assert record.model_dump(exclude={"id", "party_id"}) == {
        "sequence": 1,
        "account_id": aino.account_id,
        "assurance": "http://ftn.ficora.fi/2017/loatest2",
        "kind": "consent",
        "purpose": "direct-marketing",
        "channel": "email",
        "action": "given",
        "at": NOW,
        "where": "portal",
        "ground": "GDPR 6(1)(a); Act 917/2014 s. 200(1)",
        "notice_id": "direct-marketing",
        "notice_version": notices.EDITIONS.current.version,
        "notice_sha256": wording.sha256,
        "language": "fi",
        "replaces_id": None,
    }
    assert {record.party_id} == aino.parties
    assert [stored.model_dump() for stored in kept(register.database)] == [record.model_dump()]


def test_history_keeps_everything(register, aino):
    [given] = register.decide(aino, (EMAIL, "on"))
    [withdrawn] = register.decide(aino, (EMAIL, "off"), at=LATER)
    [again] = register.decide(aino, (EMAIL, "on"), at=LATER + timedelta(days=1))
    assert [record.id for record in kept(register.database)] == [given.id, withdrawn.id, again.id]
    assert [record.replaces_id for record in (given, withdrawn, again)] == [None, given.id, withdrawn.id]
    with register.database.reading() as db:
        events = queries.history(db, aino, 0, 10)
    assert [(event.record.action, event.replaced, event.actor) for event in events] == [
        ("given", "withdrawn", "Aino Mäkelä"),
        ("withdrawn", "given", "Aino Mäkelä"),
        ("given", None, "Aino Mäkelä"),
    ]


def test_to_decide_what_is_so_already_records_nothing(register, aino):
    register.decide(aino, (EMAIL, "on"))
    assert register.decide(aino, (EMAIL, "on"), (LETTER, "on"), at=LATER) == []
    assert len(kept(register.database)) == 1
    assert len(all_of(register.database, AuditEntry)) == 1
    assert len(all_of(register.database, OutboxEvent)) == 1


def test_several_decisions_of_one_form_follow_each_other(register, aino):
    records = register.decide(aino, (EMAIL, "on"), (LETTER, "off"), ("outages.sms", "off"))
    assert [record.sequence for record in records] == [1, 2, 3]
    assert [record.action for record in records] == ["given", "given", "withdrawn"]
    assert [record.sequence for record in register.decide(aino, (LETTER, "on"), at=LATER)] == [4]


def test_a_decision_is_audited(register, aino):
    [record] = register.decide(aino, (LETTER, "off"))
    [entry] = all_of(register.database, AuditEntry)
    assert (entry.act, entry.object_kind, entry.object_id) == ("objection.given", "permission_record", str(record.id))
    assert (entry.account_id, entry.party_id, entry.at) == (aino.account_id, record.party_id, NOW)
    assert json.loads(entry.details) == {"purpose": "direct-marketing", "channel": "letter"}
    with register.database.reading() as db:
        assert chain.verify(db).wrong is None


def test_a_decision_is_told_to_the_utilitys_other_systems(register, aino):
    [record] = register.decide(aino, (LETTER, "off"))
    [event] = all_of(register.database, OutboxEvent)
    assert event.kind == "permission.decided"
    assert json.loads(event.payload) == {
        "record_id": str(record.id),
        "customer_number": "100001",
        "party_id": str(record.party_id),
        "permission": "objection",
        "purpose": "direct-marketing",
        "channel": "letter",
        "action": "given",
        "at": "2026-11-20T12:05:00Z",
        "ground": "GDPR 6(1)(f), 21(2)-(3); Act 917/2014 s. 200(2)",
        "notice_id": "direct-marketing",
        "notice_version": record.notice_version,
        "notice_sha256": record.notice_sha256,
        "language": "fi",
    }


def test_the_schema_of_the_event_stays():
    """Subscribers read these fields: add, never rename or remove."""
    assert list(PermissionDecided.model_fields) == [
        "record_id",
        "customer_number",
        "party_id",
        "permission",
        "purpose",
        "channel",
        "action",
        "at",
        "ground",
        "notice_id",
        "notice_version",
        "notice_sha256",
        "language",
    ]


def test_an_objection_holds_for_an_export_made_one_second_later(register, aino):
    asked = (Purpose.DIRECT_MARKETING, Channel.LETTER)
    assert rules.may_contact(DecisionSubject.PERSON, kept(register.database), *asked)
    register.decide(aino, (LETTER, "off"))
    assert not rules.may_contact(DecisionSubject.PERSON, kept(register.database), *asked)


def test_the_last_channel_stays_and_then_nothing_is_recorded(register, aino):
    off = [("outages.email", "off"), ("outages.sms", "off"), ("outages.letter", "off")]
    with pytest.raises(LastChannel) as refused:
        register.decide(aino, (EMAIL, "on"), *off)
    assert refused.value.purpose is Purpose.OUTAGES
    assert kept(register.database) == []
    register.decide(aino, *off[:2])
    with pytest.raises(LastChannel):
        register.decide(aino, off[2], at=LATER)


def test_somebody_without_a_customer_number_decides_nothing(register):
    with pytest.raises(NotACustomer):
        register.decide(register.nobody_s_customer("Otto Uusi"), (EMAIL, "on"))


def test_what_one_decides_is_not_anothers(register, aino, mikko):
    [record] = register.decide(aino, (EMAIL, "on"))
    with register.database.reading() as db:
        assert queries.matrix(db, mikko).in_force == {}
        assert queries.history(db, mikko, 0, 10) == []
        assert queries.count(db, mikko) == 0
        with pytest.raises(NoSuchReceipt):
            queries.receipt(db, mikko, record.id)
        assert queries.receipt(db, aino, record.id)[0].record.id == record.id
    assert [later.sequence for later in register.decide(mikko, (EMAIL, "on"))] == [1]


def test_who_acts_for_one_party_decides_for_it(register):
    clerk = register.company("Esimerkkikiinteistöt Oy", "300001")
    with register.database.reading() as db:
        found = queries.matrix(db, clerk)
    assert (found.subject, found.party.name) == (DecisionSubject.COMPANY, "Esimerkkikiinteistöt Oy")
    [record] = register.decide(clerk, ("outages.sms", "off"))
    assert record.party_id == found.party.id


def test_fifty_double_clicks_at_once_have_one_effect(register, aino, database_url):
    database = Database(database_url)
    requests = request(EMAIL, "on") | request(LETTER, "off")

    def click(_number):
        with database.writing() as db:
            return len(actions.decide(db, aino, actions.hold(db, aino), requests, seen(), NOW))

    with ThreadPoolExecutor(8) as clicks:
        effects = list(clicks.map(click, range(50)))
    database.engine.dispose()
    assert sorted(effects) == [0] * 49 + [2]
    assert len(kept(register.database)) == 2


def test_many_customers_deciding_at_once_do_not_disturb_each_other(database_url):
    database = Database(database_url)
    register = Register(database)
    people = [register.person(f"Asiakas {number}", str(number)) for number in range(12)]

    def change_their_mind(who):
        for switch in ("on", "off", "on"):
            register.decide(who, (EMAIL, switch))

    with ThreadPoolExecutor(8) as deciding:
        list(deciding.map(change_their_mind, people))
    with database.reading() as db:
        assert chain.verify(db).wrong is None
    assert len(kept(database)) == 36
    database.engine.dispose()


@pytest.mark.parametrize(
    "act",
    ["UPDATE permission_record SET action = 'withdrawn'", "DELETE FROM permission_record"],
    ids=["change", "remove"],
)
def test_a_record_is_neither_changed_nor_removed(register, aino, act):
    register.decide(aino, (EMAIL, "on"))
    with pytest.raises(DatabaseError, match="only grows"), register.database.engine.begin() as connection:
        connection.execute(text(act))
    assert [record.action for record in kept(register.database)] == ["given"]
