"""A brand holds together or says which file and key does not; its colours can be read; its logo only draws."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal import brand
from portal.brand import DEMO_BRAND, BadBrand, Colours
from portal.contrast import Contrast, Scheme, contrasts, ratio, srgb
from portal.kit.files import Files
from portal.kit.i18n import Language
from portal.settings import BadSettings, Settings
from tests.portal import ROOT

WHOLE = """
company = "Malli Energia Oy"
business_id = "0984944-9"
phone = "0800 123 456"
phone_hours = "9-16"
faults_phone = "0800 123 457"
email = "asiakas@malli.example"
[name]
fi = "Malli Energia"
sv = "Modell Energi"
en = "Model Energy"
[address]
street = "Mallikatu 2"
postcode = "20100"
town = "Turku"
[data_protection]
email = "tietosuoja@malli.example"
[colours]
hue = 160
hue_warm = 45
chroma = 0.1
"""
SVG = '<svg xmlns="http://www.w3.org/2000/svg"><!-- c --><circle fill="{fill}" r="4"{more}/>{inside}</svg>'


@pytest.fixture
def written(tmp_path):
    """Writes a brand file, perhaps with a logo beside it."""

    def write(text, logo=None):
        if logo is not None:
            (tmp_path / "logo.svg").write_text(logo)
            text = f'logo = "logo.svg"\n{text}'
        (tmp_path / "brand.toml").write_text(text)
        return tmp_path / "brand.toml"

    return write


def svg(fill="#123", more="", inside=""):
    return SVG.format(fill=fill, more=more, inside=inside)


def test_a_brand_is_read_with_what_may_be_left_out(written):
    read = brand.load(written(WHOLE))
    assert (read.called("sv"), read.phone_href) == ("Modell Energi", "tel:0800123456")
    assert read.colours == Colours(hue=160, hue_warm=45, chroma=0.1)
    assert (read.logo, read.security, read.status_page) == (None, None, None)
    assert (read.paper_bill_price, read.paper_bill) == (None, None)


@pytest.mark.parametrize(
    ("price", "says"),
    [
        ("2.9", "Jokainen paperilasku maksaa 2,90\u00a0€, sis. alv."),
        ("3", "Jokainen paperilasku maksaa 3,00\u00a0€, sis. alv."),
        ("0", "Paperilaskut ovat maksuttomia."),
    ],
)
def test_what_a_paper_bill_costs_is_a_sentence(written, price, says):
    read = brand.load(written(f"paper_bill_price = {price}\n{WHOLE}"))
    assert read.paper_bill.said(Language.FI) == says


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ('sv = "Modell Energi"\n', "", "lacks name.sv"),
        ('company = "Malli Energia Oy"', "", "lacks company"),
        ("hue = 160", "hue = 400", "colours.hue should be less than or equal to 360"),
        ("0984944-9", "0984944-8", "business_id must be a business id"),
        ("asiakas@malli.example", "asiakas", "email must be an e-mail address"),
        ("[colours]", '[security]\ncontact = "javascript:x"\n[colours]', "security.contact must begin with https://"),
        ("[name]", 'status_page = "javascript:x"\n[name]', "status_page must begin with https://"),
        ("[colours]", "[colors]", "colors is no key of a brand file"),
        ("[name]", "paper_bill_price = -1\n[name]", "paper_bill_price should be greater than or equal to 0"),
        ("[name]", "paper_bill_price = 2.905\n[name]", "paper_bill_price should have no more than 2 decimal places"),
        ("hue = 160", "hue = ", "cannot be read as TOML"),
    ],
)
def test_a_bad_brand_is_refused_by_file_and_key(written, old, new, says):
    path = written(WHOLE.replace(old, new))
    with pytest.raises(BadBrand, match=r"brand\.toml") as refused:
        brand.load(path)
    assert says in str(refused.value)
    with pytest.raises(BadSettings, match="PORTAL_BRAND"):
        Settings.from_environment({"PORTAL_ENV": "test", "PORTAL_BRAND": str(path)})


def test_a_logo_is_served_as_the_mark_without_what_does_not_draw(written):
    read = brand.load(written(WHOLE, svg(fill="url(#g)", inside="<title>Malli</title>")))
    assert "<!--" not in read.logo
    files = Files(ROOT / "static", made=brand.made_files(read, ROOT / "static"))
    plain = Files(ROOT / "static")
    assert files.url("img/icon.svg") != plain.url("img/icon.svg")
    assert files.url("vendor/portal.css") != plain.url("vendor/portal.css")
    assert files.url("js/portal.js") == plain.url("js/portal.js")


@pytest.mark.parametrize(
    "bad",
    [
        svg(inside="<script>alert(1)</script>"),
        svg(inside="<style>@import url(x)</style>"),
        svg(inside="<foreignObject/>"),
        svg(inside='<image href="https://x.example/a.png"/>'),
        svg(more=' onload="alert(1)"'),
        svg(more=' style="fill:red"'),
        svg(fill="url(https://x.example/#g)"),
        svg(inside='<use href="other.svg#a"/>'),
        "<!DOCTYPE svg [<!ENTITY a 'b'>]>" + svg(),
        "<html/>",
        "not xml",
        svg(inside="<g/>" * 20_000),
    ],
)
def test_a_logo_that_could_do_more_than_draw_is_refused(written, bad):
    with pytest.raises(BadBrand, match=r"logo\.svg"):
        brand.load(written(WHOLE, bad))


def test_a_document_type_does_not_hide_in_another_encoding(written, tmp_path):
    file = written(WHOLE, svg())
    (tmp_path / "logo.svg").write_bytes(("<!DOCTYPE svg [<!ENTITY a 'b'>]>" + svg()).encode("utf-16"))
    with pytest.raises(BadBrand, match=r"logo\.svg"):
        brand.load(file)


def test_the_stylesheet_of_a_brand_sets_its_seeds_last():
    made = brand.made_files(DEMO_BRAND.model_copy(update={"colours": Colours(hue=10)}), ROOT / "static")
    assert made["vendor/portal.css"].endswith(
        b"@layer brand { :root { --hue: 10; --hue-warm: 65; --chroma: 0.085; } }\n"
    )


def test_a_ratio_is_that_of_wcag():
    black, white = srgb(0, 0, 0), srgb(1, 0, 0)
    assert ratio(white, black) == ratio(black, white) == pytest.approx(21, abs=0.01)
    assert ratio(srgb(0.5999, 0, 0), white) == pytest.approx(3.95, abs=0.05)  # #808080 on white
    assert srgb(0.6279554, 0.2576833, 29.2338804) == pytest.approx((1, 0, 0), abs=1e-4)  # red, CSS Color 4


def test_the_colours_of_the_demo_can_be_read():
    found = contrasts(DEMO_BRAND.colours)
    assert len({(one.scheme, one.ink, one.ground) for one in found}) == len(found) > 80
    assert [str(one) for one in found if not one.holds] == []


@given(st.floats(0, 360), st.floats(0, 360), st.floats(0, 0.2))
def test_any_brand_can_be_read(hue, warm, chroma):
    colours = Colours(hue=hue, hue_warm=warm, chroma=chroma)
    assert [str(one) for one in contrasts(colours) if not one.holds] == []


def test_a_pair_that_falls_short_is_told():
    short = Contrast(Scheme.DARK, "ink", "page", 4.49, 4.5)
    assert not short.holds
    assert str(short) == "--ink on --page (dark): 4.49, needs 4.5"


def test_settings_keep_the_brand_that_was_given(written):
    settings = Settings.from_environment({"PORTAL_ENV": "test", "PORTAL_BRAND": str(written(WHOLE))})
    assert settings.brand.business_id == "0984944-9"
