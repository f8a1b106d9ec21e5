"""What every route does, whatever its handler: guard, transaction, block, headers, errors."""

import re
from uuid import UUID

import pytest
from sqlalchemy import text
from starlette.datastructures import FormData, QueryParams

from portal.kit.access import Anyone
from portal.kit.errors import NotThere
from portal.kit.html import FORM_TOKEN, NONCE
from portal.kit.i18n import Language
from portal.kit.web import Visit
from tests.kit.conftest import Keeper, ProvenKeeper
from tests.settings import installation

OURS = {"Origin": "https://portal.test"}
HTMX = {"HX-Request": "true", "HX-Request-Type": "partial", "HX-Target": "ul#rows"}


def token(page):
    return re.search(r'name="_token" value="([^"]+)"', page.text)[1]


def names(database):
    with database.reading() as db:
        return db.execute(text("SELECT kind FROM outbox_event")).scalars().all()


def test_a_page_is_shown_whole(kaisa):
    page = kaisa.get("/pets")
    assert page.status_code == 200
    assert "<title>Laskut – Esimerkki Energia</title>" in page.text
    assert page.headers["content-language"] == "fi"
    assert "HX-Request" in page.headers["vary"]


def test_htmx_gets_only_its_block_after_the_title(kaisa):
    page = kaisa.get("/pets", headers=HTMX)
    assert page.text.startswith("<title>Laskut – Esimerkki Energia</title>")
    assert '<ul id="rows">' in page.text
    assert "<html" not in page.text


@pytest.mark.parametrize("target", ["ul#nosuch", "main#main", "title#title", "#body", "ul", "#", "\u00e9#\u00e9"])
def test_whoever_asks_for_no_region_of_the_page_gets_it_whole(kaisa, target):
    page = kaisa.get("/pets", headers=HTMX | {"HX-Target": target.encode()})
    assert (page.status_code, "<html" in page.text) == (200, True)


@pytest.mark.parametrize("more", [{"HX-Request-Type": "full"}, {"HX-History-Restore-Request": "true"}])
def test_htmx_gets_the_whole_page_where_it_asks_for_it(kaisa, more):
    assert "<html" in kaisa.get("/pets", headers=HTMX | more).text


def test_nobody_is_sent_to_sign_in_and_back(nobody):
    answer = nobody.get("/pets?a=1&b=2")
    assert (answer.status_code, answer.headers["location"]) == (303, "/sign-in?next=/pets%3Fa%3D1%26b%3D2")


@pytest.mark.parametrize("asking", [HTMX, {"HX-History-Restore-Request": "true"}])
def test_htmx_without_a_session_is_told_to_load_the_sign_in_page(nobody, asking):
    answer = nobody.get("/pets", headers=asking)
    assert (answer.status_code, answer.headers["hx-redirect"]) == (401, "/sign-in?next=/pets")


def test_a_stronger_guard_asks_for_another_proof(kaisa, visit_as):
    assert kaisa.get("/pets/secret").headers["location"] == "/confirm?next=/pets/secret"
    assert visit_as(ProvenKeeper()).get("/pets/secret").status_code == 200


def test_nobody_signs_in_before_any_stronger_proof(nobody):
    assert nobody.get("/pets/secret").headers["location"].startswith("/sign-in")


def test_a_form_that_needs_a_proof_comes_back_to_its_page(kaisa):
    form = {"_token": token(kaisa.get("/pets")), "name": "fish"}
    referer = {"Referer": "https://portal.test/pets/open?x=1"}
    assert kaisa.post("/pets/secret", data=form, headers=OURS | referer).headers["location"] == (
        "/confirm?next=/pets/open%3Fx%3D1"
    )


def test_returning_commits(kaisa, database):
    answer = kaisa.post("/pets", data={"_token": token(kaisa.get("/pets")), "name": "fish"}, headers=OURS)
    assert (answer.status_code, answer.headers["location"]) == (303, "/pets")
    assert names(database) == ["fish"]


@pytest.mark.parametrize(("name", "status"), [("cat", 409), ("dog", 500)])
def test_raising_rolls_back(kaisa, database, name, status):
    answer = kaisa.post("/pets", data={"_token": token(kaisa.get("/pets")), "name": name}, headers=OURS)
    assert answer.status_code == status
    assert names(database) == []


def test_a_form_by_htmx_redirects_by_header(kaisa):
    form = {"name": "fish"}
    headers = OURS | HTMX | {"X-Form-Token": token(kaisa.get("/pets"))}
    assert kaisa.post("/pets", data=form, headers=headers).headers["hx-redirect"] == "/pets"


@pytest.mark.parametrize(
    "headers",
    [{}, {"Origin": "https://evil.example"}, {"Origin": "null"}, OURS | {"Sec-Fetch-Site": "cross-site"}],
)
def test_a_foreign_or_unknown_origin_changes_nothing(kaisa, database, headers):
    form = {"_token": token(kaisa.get("/pets")), "name": "fish"}
    assert kaisa.post("/pets", data=form, headers=headers).status_code == 403
    assert names(database) == []


def test_the_browsers_own_word_for_same_origin_is_enough(kaisa):
    form = {"_token": token(kaisa.get("/pets")), "name": "fish"}
    assert kaisa.post("/pets", data=form, headers={"Sec-Fetch-Site": "same-origin"}).status_code == 303


def test_another_persons_form_token_is_refused(kaisa, visit_as, database):
    theirs = token(visit_as(Keeper("Matti")).get("/pets"))
    assert kaisa.post("/pets", data={"_token": theirs, "name": "fish"}, headers=OURS).status_code == 403
    assert kaisa.post("/pets", data={"name": "fish"}, headers=OURS).status_code == 403
    assert names(database) == []


def test_a_flow_may_set_cookies_and_a_status(kaisa):
    answer = kaisa.get("/pets/wait")
    assert answer.status_code == 202
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("__Host-pet=1;")
    for word in ("HttpOnly", "Secure", "SameSite=lax", "Path=/", "Max-Age=60"):
        assert word in cookie


@pytest.mark.parametrize("path", ["/pets", "/nowhere", "/pets/secret", "/static/vendor/none.css", "/sign-in"])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "HEAD"])
def test_every_answer_has_every_security_header(kaisa, path, method):
    headers = kaisa.request(method, path, headers={"Origin": "https://evil.example"}).headers
    policy = headers["content-security-policy"]
    assert re.search(r"script-src 'nonce-[\w-]{20,}'", policy)
    for words in ("default-src 'none'", "require-trusted-types-for 'script'", "trusted-types htmx", "base-uri 'none'"):
        assert words in policy
    for words in ("object-src 'none'", "frame-ancestors 'none'"):
        assert words in policy
    assert not [name for name in headers if name.startswith("access-control-")]
    assert headers["cache-control"] == "no-store"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert headers["strict-transport-security"] == "max-age=63072000; includeSubDomains"
    assert headers["cross-origin-opener-policy"] == "same-origin"
    assert "server" not in headers


def test_each_answer_has_its_own_nonce_and_prints_it(kaisa):
    first, second = kaisa.get("/pets"), kaisa.get("/pets")
    nonces = [re.search(r"nonce-([\w-]+)'", page.headers["content-security-policy"])[1] for page in (first, second)]
    assert nonces[0] != nonces[1]
    assert f'hx-nonce="{nonces[0]}"' in first.text
    assert first.text.count(nonces[0]) >= 5


def test_no_stand_in_leaves_the_house(kaisa):
    page = kaisa.get("/pets").text
    assert NONCE not in page
    assert FORM_TOKEN not in page


def test_an_unknown_path_is_a_page_in_the_persons_language(visit_as):
    answer = visit_as(languages="sv-FI,fi;q=0.5").get("/nowhere")
    assert answer.status_code == 404
    assert "Sidan hittades inte" in answer.text


@pytest.mark.parametrize(
    ("name", "form_token", "status", "has_number"),
    [
        ("dog", True, 500, True),
        ("fish", False, 403, True),
        ("cat", True, 409, False),
        ("x" * 1_100_000, True, 413, False),
    ],
)
def test_only_what_somebody_may_have_to_look_for_has_a_number(kaisa, name, form_token, status, has_number):
    form = {"_token": token(kaisa.get("/pets")) if form_token else "old", "name": name}
    _numbered(kaisa.post("/pets", data=form, headers=OURS), status, has_number)


def test_a_page_that_is_not_there_has_no_number(kaisa):
    _numbered(kaisa.get("/nowhere"), 404, False)


def _numbered(answer, status, has_number):
    assert answer.status_code == status
    assert (answer.headers["x-request-id"] in answer.text, "Jos virhe toistuu" in answer.text) == (has_number,) * 2


def test_who_is_signed_in_stays_so_where_no_page_is(kaisa, nobody):
    theirs, a_strangers = kaisa.get("/nowhere").text, nobody.get("/nowhere").text
    assert ('action="/sign-out"' in theirs, 'href="/sign-in"' in theirs) == (True, False)
    assert ('action="/sign-out"' in a_strangers, 'href="/sign-in"' in a_strangers) == (False, True)


def test_a_failure_of_ours_is_said_plainly_with_a_number_and_no_trace(kaisa):
    answer = kaisa.post("/pets", data={"_token": token(kaisa.get("/pets")), "name": "dog"}, headers=OURS)
    assert "Vika on meillä" in answer.text
    assert answer.headers["x-request-id"] in answer.text
    assert "ZeroDivisionError" not in answer.text
    assert "nonce-" in answer.headers["content-security-policy"]


def test_a_strange_host_is_not_served(kaisa):
    assert kaisa.get("/pets", headers={"Host": "evil.example"}).status_code == 400


def test_too_large_a_form_is_turned_away(kaisa, database):
    body = b"name=" + b"x" * 1_100_000
    kind = {"Content-Type": "application/x-www-form-urlencoded"}
    assert kaisa.post("/pets", content=body, headers=OURS | kind).status_code == 413
    chunks = (b"x" * 100_000 for _ in range(12))
    assert kaisa.post("/pets", content=chunks, headers=OURS | kind).status_code == 413


@pytest.mark.parametrize(
    "path",
    ["/.git/config", "/.env", "/docs", "/openapi.json", "/metrics", "/readyz", "/static/", "/static/%2e%2e/README.md"],
)
def test_nothing_is_served_that_no_route_names(kaisa, path):
    assert kaisa.get(path).status_code == 404


def test_a_page_says_its_type_and_charset(kaisa):
    assert kaisa.get("/pets").headers["content-type"] == "text/html; charset=utf-8"


def test_static_files_are_kept_for_a_year_and_come_compressed(kaisa, files):
    answer = kaisa.get(files.url("vendor/portal.css"), headers={"Accept-Encoding": "gzip"})
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert "figtree-latin-wght." in answer.text


def test_two_things_are_counted_in_words(kaisa):
    assert "Korjaa 0 kohtaa" in kaisa.get("/pets").text
    kaisa.post("/pets", data={"_token": token(kaisa.get("/pets")), "name": "fish"}, headers=OURS)
    assert "Korjaa yksi kohta" in kaisa.get("/pets").text


def test_a_locked_database_is_said_to_be_busy(kaisa, database):
    if database.engine.dialect.name != "sqlite":
        pytest.skip("PostgreSQL locks rows, not the whole database")
    form = {"_token": token(kaisa.get("/pets")), "name": "fish"}
    with database.writing() as db:
        db.connection()  # takes the lock
        answer = kaisa.post("/pets", data=form, headers=OURS)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "5")
    assert "ruuhkautunut" in answer.text


def test_a_method_that_nobody_takes_is_told_of_those_that_somebody_does(kaisa):
    answer = kaisa.delete("/pets", headers=OURS)
    assert (answer.status_code, answer.headers["allow"]) == (405, "GET, HEAD, POST")
    assert kaisa.post("/pets/open", headers=OURS).headers["allow"] == "GET, HEAD"
    assert kaisa.request("TRACE", "/pets", headers=OURS).status_code == 405
    assert "allow" not in kaisa.get("/pets/nowhere").headers


def test_who_asks_for_an_address_that_only_takes_forms_is_led_to_the_page_above(kaisa):
    assert kaisa.get("/pets/with-toys?toy=ball").headers["location"] == "/pets?toy=ball"
    assert kaisa.get("/pets/with-toys").status_code == 303


@pytest.mark.parametrize("charset", ["undefined", "utf-7", "unicode_escape", "utf-16"])
def test_a_form_in_a_strange_charset_is_refused(kaisa, charset):
    kind = {"Content-Type": f"multipart/form-data; boundary=x; charset={charset}"}
    body = b'--x\r\nContent-Disposition: form-data; name="name"\r\n\r\nfish\r\n--x--\r\n'
    assert kaisa.post("/pets", content=body, headers=OURS | kind).status_code == 400


@pytest.mark.parametrize("again", ["fish", "dog", ""])
def test_a_field_that_is_there_twice_is_refused(kaisa, database, again):
    form = {"_token": token(kaisa.get("/pets")), "name": ["fish", again]}
    assert kaisa.post("/pets", data=form, headers=OURS).status_code == 400
    assert names(database) == []


def test_a_token_that_is_there_twice_is_refused(kaisa):
    good = token(kaisa.get("/pets"))
    assert kaisa.post("/pets", data={"_token": ["x", good], "name": "fish"}, headers=OURS).status_code == 400


def test_a_field_of_several_choices_may_be_there_several_times(kaisa):
    good = token(kaisa.get("/pets"))
    form = {"_token": good, "name": "fish", "toy": ["ball", "mirror"]}
    assert kaisa.post("/pets/with-toys", data=form, headers=OURS).status_code == 303
    assert kaisa.post("/pets/with-toys", data=form | {"name": ["a", "b"]}, headers=OURS).status_code == 400


def test_a_broken_referer_leads_to_the_overview(nobody):
    answer = nobody.post("/pets", data={"name": "x"}, headers=OURS | {"Referer": "http://["})
    assert answer.headers["location"] == "/sign-in?next=/overview"


ID = "1f0c7a2e-0000-4000-8000-00000000abcd"
ODD = [ID.upper(), f"{{{ID}}}", f"urn:uuid:{ID}", ID.replace("-", ""), "-" * 3000 + ID, "", "x"]


def visit_of(spelling):
    return Visit(Anyone(), None, {"id": spelling}, QueryParams(), FormData(), None, Language.FI, installation())


@pytest.mark.parametrize("spelling", ODD)
def test_an_id_in_an_address_has_one_spelling(spelling):
    assert visit_of(ID).id("id") == UUID(ID)
    with pytest.raises(NotThere):
        visit_of(spelling).id("id")
