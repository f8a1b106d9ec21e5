"""What the demo utility and its customers have written to each other: bulletins, bills, questions, answers, calls."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Final

from sqlmodel import Session, SQLModel, col, select

from portal.demo.company import site_number
from portal.demo.naming import id_of
from portal.demo.people import AINO, KARIN, LANDLORD, MIKKO, Company, Member
from portal.demo.register import party_id
from portal.invoices.models import Invoice
from portal.kit import formats
from portal.kit.clock import HELSINKI
from portal.kit.i18n import Language
from portal.kit.money import Money
from portal.messages.models import Message, MessageThread, ThreadStatus
from portal.messages.rules import CONTACTS, MessageKind, Topic, case_number, topic_of

BILLS: Final = 4  # of which messages tell: older ones have been tidied away
OUTAGE_IN: Final = timedelta(days=5)
VEERA: Final = "Veera"


@dataclass(frozen=True)
class Post:
    """One message: how many days ago and at what time in Helsinki, what kind, and by whom (None: the utility)."""

    days_ago: int
    at: time
    kind: MessageKind
    body: str
    name: str | None = None


@dataclass(frozen=True)
class Story:
    """A thread with its messages, the oldest first. Words in braces are filled in (`_facts`)."""

    subject: str
    posts: tuple[Post, ...]
    site: str | None = None
    contract: str | None = None  # number of the one it is about
    bill: int | None = None  # which one it is about, 0 for the newest
    topic: Topic | None = None  # for what a customer asked
    status: ThreadStatus | None = None


AINOS: Final = (
    Story(
        "Huoltokatko {outage}",
        (
            Post(
                1,
                time(10, 5),
                MessageKind.BULLETIN,
                "Sähköt ovat poikki {outage} klo 9–11 osoitteessa Esimerkkikatu 4. Vaihdamme muuntajan kytkimen.\n\n"
                "Sammuta herkät laitteet ennen katkoa. Kaukolämpö toimii, mutta sen pumppu pysähtyy katkon ajaksi.",
            ),
        ),
        site="412337",
    ),
    Story(
        "Kysymys aikasiirron rivistä",
        (
            Post(
                18,
                time(19, 42),
                MessageKind.QUESTION,
                "Hei, laskun yösiirron rivi on 0,04 € suurempi kuin lukemista laskettu. Korjataanko se?",
                AINO.name,
            ),
            Post(
                17,
                time(9, 15),
                MessageKind.ANSWER,
                "Hei Aino, huomasit oikein. Kahden tunnin arvio korvautui mittauksella sen jälkeen, kun lukemat oli jo "
                "haettu laskulle.\n\nHyvitämme 0,04 € seuraavalla laskulla. Maksa tämä lasku sellaisenaan.",
                VEERA,
            ),
            Post(17, time(18, 3), MessageKind.QUESTION, "Kiitos, selvä. Näkyykö hyvitys omana rivinään?", AINO.name),
            Post(16, time(8, 31), MessageKind.ANSWER, "Kyllä, rivillä ”Oikaisu, aikasiirto yö”.", VEERA),
        ),
        site="412337",
        topic=Topic.BILLING,
        status=ThreadStatus.ANSWERED,
    ),
    Story(
        "Siirtohinnasto muuttuu 1.1.{next_year}",
        (
            Post(
                23,
                time(12, 0),
                MessageKind.NOTICE,
                "Aikasiirron päivähinta nousee 0,14 senttiä kilowattitunnilta. Yöhinta ja perusmaksu pysyvät "
                "ennallaan.\n\nEt tarvitse uutta sopimusta. Uudet hinnat näkyvät sopimuksesi sivulla.",
            ),
        ),
        contract="30107343",
    ),
    Story(
        "Puhelu: kaukolämmön huolto",
        (
            Post(
                41,
                time(14, 20),
                MessageKind.CALL,
                "Soitit kaukolämmön lämmönsiirtimen huollosta. Annoimme huoltoliikkeiden luettelon.",
                VEERA,
            ),
        ),
    ),
    Story(
        "Kellot siirtyvät talviaikaan",
        (
            Post(
                29,
                time(9, 0),
                MessageKind.BULLETIN,
                "Lokakuun viimeisenä sunnuntaina on 25 tuntia. Kulutuksessasi tunti klo 3–4 näkyy silloin kahdesti.",
            ),
        ),
    ),
)
MIKKOS: Final = (
    Story(
        "Huoltokatko {outage}",
        (
            Post(
                1,
                time(10, 5),
                MessageKind.BULLETIN,
                "Sähköt ovat poikki {outage} klo 12–14 osoitteessa Mallitie 12.\n\nAurinkopaneelisi eivät tuota "
                "katkon aikana, ja invertteri käynnistyy katkon jälkeen itsestään.",
            ),
        ),
        site="528411",
    ),
    Story(
        "Tarjous: kotiakku pörssisähkön rinnalle",
        (
            Post(
                8,
                time(15, 30),
                MessageKind.OFFER,
                "Kotiakku siirtää aurinkosähkösi illan kalliille tunneille. Asiakkaanamme saat arvion säästöstä "
                "maksutta.\n\nSaat tämän, koska olet sallinut markkinoinnin sähköisesti. Voit perua luvan sivulla "
                "Suostumukset ja kiellot.",
            ),
        ),
    ),
    Story(
        "Milloin ylijäämä maksetaan?",
        (
            Post(
                1,
                time(20, 12),
                MessageKind.QUESTION,
                "Hei, myin lokakuussa ylijäämäsähköä. Vähennetäänkö se laskusta vai maksetaanko se tilille?",
                MIKKO.name,
            ),
        ),
        site="528411",
        topic=Topic.BILLING,
        status=ThreadStatus.OPEN,
    ),
    Story(
        "Pientuotannon mittaus",
        (
            Post(
                60,
                time(17, 45),
                MessageKind.QUESTION,
                "Näkyykö paneelien oma käyttö kulutuksessa?",
                MIKKO.name,
            ),
            Post(
                59,
                time(10, 20),
                MessageKind.ANSWER,
                "Hei Mikko, oma käyttö ei kulje mittarin läpi, joten se ei näy. Ostettu ja myyty energia näkyvät "
                "15 minuutin välein.",
                VEERA,
            ),
        ),
        site="528411",
        topic=Topic.CONSUMPTION,
        status=ThreadStatus.CLOSED,
    ),
    Story(
        "Siirtohinnasto muuttuu 1.1.{next_year}",
        (
            Post(
                23,
                time(12, 0),
                MessageKind.NOTICE,
                "Kausisiirron talvipäivän hinta nousee 0,11 senttiä kilowattitunnilta. Muut hinnat pysyvät ennallaan.",
            ),
        ),
        contract="30290772",
    ),
    Story(
        "Käynti: mittarin vaihto",
        (
            Post(
                200,
                time(11, 0),
                MessageKind.VISIT,
                "Asentaja tarkasti tuotannon mittauksen. Mittari toimii oikein, eikä sitä vaihdettu.",
            ),
        ),
        site="528411",
    ),
)
KARINS: Final = (
    Story(
        "Serviceavbrott {outage}",
        (
            Post(
                1,
                time(10, 5),
                MessageKind.BULLETIN,
                "Det är elavbrott {outage} kl. 9–11 på adressen Exempelgränden 7 B. Vi byter ut en kabel.\n\n"
                "Stäng av känsliga apparater före avbrottet. Värmepumpen startar igen av sig själv.",
            ),
        ),
        site="619700",
    ),
    Story(
        "Betalningspåminnelse",
        (
            Post(
                2,
                time(8, 0),
                MessageKind.NOTICE,
                "Vi har inte fått någon betalning för din senaste faktura. Förfallodagen har redan passerat.\n\n"
                "Har du betalat de senaste dagarna behöver du inte göra något. Behöver du mer tid, skriv till oss här "
                "så kommer vi överens om en betalningsplan.",
            ),
        ),
        bill=0,
    ),
    Story(
        "Frågor om förbrukningen i höst",
        (
            Post(
                19,
                time(18, 26),
                MessageKind.QUESTION,
                "Hej, förbrukningen steg mycket i oktober. Är mätaren säkert i skick?",
                KARIN.name,
            ),
            Post(
                18,
                time(9, 48),
                MessageKind.ANSWER,
                "Hej Karin, vi kontrollerade mätaren på distans och den fungerar som den ska. Oktober var tre grader "
                "kallare än i fjol, och det förklarar största delen av ökningen.\n\nPå sidan Förbrukning kan du "
                "jämföra med samma dagar i fjol.",
                "Emma",
            ),
        ),
        site="619700",
        topic=Topic.CONSUMPTION,
        status=ThreadStatus.ANSWERED,
    ),
    Story(
        "Överföringspriserna ändras 1.1.{next_year}",
        (
            Post(
                23,
                time(12, 0),
                MessageKind.NOTICE,
                "Priset på allmän överföring stiger med 0,12 cent per kilowattimme. Grundavgiften är oförändrad.\n\n"
                "Du behöver inget nytt avtal. De nya priserna finns på sidan för ditt avtal.",
            ),
        ),
        contract="30256614",
    ),
    Story(
        "Samtal: e-faktura",
        (
            Post(
                75,
                time(13, 10),
                MessageKind.CALL,
                "Du ringde om e-faktura. Vi berättade hur du beställer den i din nätbank.",
                "Emma",
            ),
        ),
    ),
    Story(
        "Brev: ny kontaktperson",
        (Post(120, time(12, 0), MessageKind.LETTER, "Ditt brev om en ny kontaktperson har kommit fram och sparats."),),
    ),
)
LANDLORDS: Final = (
    Story(
        "Huoltokatko {outage}",
        (
            Post(
                1,
                time(10, 5),
                MessageKind.BULLETIN,
                "Sähköt ovat poikki {outage} klo 7–8. Tiedota kiinteistön käyttäjiä: hissit pysähtyvät katkon ajaksi.",
            ),
        ),
        site=site_number(20),
    ),
    Story(
        "Kuukauden laskut ovat valmiit",
        (
            Post(
                6,
                time(8, 0),
                MessageKind.BILL,
                "Kaikkien kohteiden laskut ovat Laskut-sivulla. Koosteen saat ladattua sivulta Kohteet.",
            ),
        ),
    ),
    Story(
        "Huoltokatko pidettiin",
        (
            Post(
                20,
                time(15, 0),
                MessageKind.BULLETIN,
                "Ilmoitettu huoltokatko pidettiin, ja sähköt palasivat klo 7.40.",
            ),
        ),
        site=site_number(10),
    ),
    Story(
        "Tehomaksun laskentatapa",
        (
            Post(
                27,
                time(11, 32),
                MessageKind.QUESTION,
                "Lasketaanko tehomaksu kuukauden suurimmasta tuntitehosta vai kahden suurimman keskiarvosta?",
                "Juha Lehto",
            ),
            Post(
                26,
                time(9, 5),
                MessageKind.ANSWER,
                "Hei Juha, kuukauden suurimmasta tuntitehosta. Laskulla näkyy, mikä tunti se oli.",
                VEERA,
            ),
        ),
        topic=Topic.CONTRACT,
        status=ThreadStatus.ANSWERED,
    ),
    Story(
        "Siirtohinnasto muuttuu 1.1.{next_year}",
        (
            Post(
                23,
                time(12, 0),
                MessageKind.NOTICE,
                "Tehosiirron tehomaksu nousee 2,1 prosenttia. Energiamaksut pysyvät ennallaan.",
            ),
        ),
    ),
    Story(
        "Puhelu: uusi kohde",
        (Post(48, time(13, 25), MessageKind.CALL, "Sovimme uuden kohteen liittymän aikataulusta.", VEERA),),
    ),
)
STORIES: Final[Mapping[Member | Company, tuple[Story, ...]]] = {
    AINO: AINOS,
    MIKKO: MIKKOS,
    KARIN: KARINS,
    LANDLORD: LANDLORDS,
}
BILLED: Final = {AINO: Language.FI, MIKKO: Language.FI, KARIN: Language.SV}


def rows(db: Session, today: date) -> Iterator[SQLModel]:
    """Everything written until the morning of a day; bills are told of as they stand in the database."""
    for holder, stories in STORIES.items():
        language = BILLED.get(holder, Language.FI) if isinstance(holder, Member) else Language.FI
        for place, story in enumerate(stories):
            told = _told(holder, f"{place}", story, language, today)
            about = [] if story.bill is None else _bills(db, holder)[story.bill :]
            yield from _about(about[0], told) if about else told
    for member, language in BILLED.items():
        for invoice in _bills(db, member):
            yield from _bill(member, invoice, language, today)


def _told(holder: Member | Company, key: str, story: Story, language: Language, today: date) -> Iterator[SQLModel]:
    facts = _facts(language, today)
    thread = _thread(holder, key, story, facts, today)
    yield thread
    for place, post in enumerate(story.posts):
        is_question = post.kind is MessageKind.QUESTION
        message_id = id_of("message", holder.customer_number, key, place)
        yield Message(
            id=message_id,
            thread_id=thread.id,
            number=None if is_question else f"M-{holder.customer_number}-{key}-{place}",
            kind=post.kind,
            body=post.body.format_map(facts),
            language=language,
            sent_at=_instant(post, today),
            from_name=post.name,
            form_key=message_id if is_question else None,
        )


def _thread(holder: Member | Company, key: str, story: Story, facts: Mapping[str, str], today: date) -> MessageThread:
    thread_id = id_of("message thread", holder.customer_number, key)
    told = [post for post in story.posts if post.kind is not MessageKind.QUESTION]
    to_read = [post for post in told if post.kind not in CONTACTS]
    return MessageThread(
        id=thread_id,
        number=case_number(thread_id) if story.topic else None,
        party_id=party_id(holder),
        topic=story.topic or topic_of(story.posts[0].kind),
        subject=story.subject.format_map(facts),
        status=story.status,
        site_id=id_of("site", story.site) if story.site else None,
        contract_id=id_of("contract", story.contract) if story.contract else None,
        kind=told[-1].kind if told else MessageKind.QUESTION,
        last_at=_instant(story.posts[-1], today),
        told_at=_instant(to_read[-1], today) if to_read else None,
    )


def _bills(db: Session, holder: Member | Company) -> list[Invoice]:
    monthly = Invoice.party_id == party_id(holder), col(Invoice.read_by).is_not(None)
    return list(db.exec(select(Invoice).where(*monthly).order_by(col(Invoice.issued_on).desc()).limit(BILLS)))


def _bill(member: Member, invoice: Invoice, language: Language, today: date) -> Iterator[SQLModel]:
    """The message that a bill is ready."""
    month = formats.month_name(invoice.period_to, language)
    total, due = formats.money(Money(invoice.total_cents)), formats.full_date(invoice.due_on, language)
    if language is Language.SV:
        subject, body = f"Fakturan för {month} är klar", f"Fakturan är på {total} och förfaller {due}."
    else:
        subject, body = f"{month.capitalize()}n lasku on valmis", f"Laskun summa on {total} ja eräpäivä {due}."
    days_ago = (today - invoice.issued_on).days
    story = Story(subject, (Post(days_ago, time(8, 0), MessageKind.BILL, body),))
    yield from _about(invoice, _told(member, invoice.number, story, language, today))


def _about(invoice: Invoice, told: Iterable[SQLModel]) -> Iterator[SQLModel]:
    """The same thread about a bill."""
    for row in told:
        if isinstance(row, MessageThread):
            row.site_id, row.invoice_id = invoice.site_id, invoice.id
        yield row


def _facts(language: Language, today: date) -> Mapping[str, str]:
    outage = today + OUTAGE_IN
    weekday, day = formats.weekday_short(outage, language), formats.day_month(outage, language)
    return {"outage": f"{weekday} {day}", "next_year": f"{today.year + 1}"}


def _instant(post: Post, today: date) -> datetime:
    return datetime.combine(today - timedelta(days=post.days_ago), post.at, HELSINKI)
