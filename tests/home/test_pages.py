"""The way in, the language, and what browsers report."""

import pytest
from starlette.applications import Starlette

from portal.home.pages import routes
from portal.kit.rates import Rate, Rates, Turnstile
from tests.browser import Browser, hidden


def test_the_start_leads_to_the_overview_or_to_sign_in(aino, nobody):
    assert aino.browser.get("/").headers["location"] == "/overview"
    assert nobody.get("/").headers["location"] == "/sign-in"


@pytest.mark.parametrize(
    ("asked", "back", "to"),
    [
        ("sv", "/invoices?year=2026", "/invoices?year=2026"),
        ("en", "//evil.example", "/"),
        ("sv", "https://x.example", "/"),
    ],
)
def test_a_language_is_kept_and_leads_back_to_our_own_pages_only(nobody, asked, back, to):
    form = hidden(nobody.get("/sign-in").text) | {"language": asked, "next": back}
    answer = nobody.post("/language", data=form)
    assert (answer.status_code, answer.headers["location"]) == (303, to)
    assert answer.headers["set-cookie"].startswith(f"__Host-language={asked};")


def test_an_address_of_other_letters_comes_back_to_htmx_as_headers_write_it(nobody):
    form = hidden(nobody.get("/sign-in").text) | {"language": "sv", "next": "/hjälp?q=€%20a"}
    answer = nobody.post("/language", data=form, headers={"HX-Request": "true"})
    assert answer.headers["hx-redirect"] == "/hj%C3%A4lp?q=%E2%82%AC%20a"


def test_an_unknown_language_changes_nothing(nobody):
    form = hidden(nobody.get("/sign-in").text) | {"language": "de", "next": "/"}
    assert "set-cookie" not in nobody.post("/language", data=form).headers


def test_reports_without_end_are_not_listened_to():
    browser = Browser(Starlette(routes=routes(Turnstile(Rates(Rate(4), Rate(4)), lambda: 0.0))))
    told = [browser.post("/csp-report", content="{}") for _ in range(3)]
    assert [one.status_code for one in told] == [204, 204, 429]
    assert told[-1].headers["retry-after"] == "15"


@pytest.mark.parametrize("body", ["{}", "[" * 9999, "no json", '{"csp-report": {"effective-directive": "script-src"}}'])
def test_a_report_is_taken_whatever_it_says(nobody, body):
    assert nobody.post("/csp-report", content=body).status_code == 204
