"""Rules for every page: languages, headers, markup, errors."""

import itertools
from datetime import date

import pytest
from django.contrib.staticfiles import finders
from django.template.loader import render_to_string
from django.test import Client

from events.models import Event
from tests import factories
from tests.events.web.conftest import Read
from tests.events.web.html import Page

PAGES = ["/", "/?view=list", "/?month=2025-11", "/events/open/", "/events/gone/", "/?kind=nope"]


@pytest.fixture(autouse=True)
def one(db: None) -> Event:
    place = factories.place(parent=factories.place(name="China"))
    return factories.event(
        slug="open", place=place, start_on=date(2025, 11, 6), title_zh_hant="推介會"
    )


def get(client: Client, path: str) -> Page:
    return Page(client.get(path).content.decode())


@pytest.mark.parametrize("prefix", ["", "/zh-hans", "/zh-hant"])
@pytest.mark.parametrize("path", PAGES)
def test_page_is_well_formed_and_has_no_inline_style_or_script(
    prefix: str, path: str, client: Client
) -> None:
    page = get(client, prefix + path)
    assert page.wrong == []
    assert page.all("style") == []
    assert {tag.get("type") for tag in page.all("script")} <= {"application/ld+json"}
    names = {name for _, tag in page.tags for name in tag}
    assert not {name for name in names if name == "style" or name.startswith("on")}


@pytest.mark.parametrize("path", PAGES)
def test_headings_go_down_one_level_at_a_time(path: str, client: Client) -> None:
    levels = get(client, path).headings
    assert levels[0] == 1
    assert levels.count(1) == 1
    assert all(after <= before + 1 for before, after in itertools.pairwise(levels))


@pytest.mark.parametrize("path", PAGES)
def test_headers_keep_the_page_to_itself(path: str, client: Client) -> None:
    headers = client.get(path).headers
    assert "default-src 'self'" in headers["Content-Security-Policy"]
    assert "unsafe" not in headers["Content-Security-Policy"]
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["X-Frame-Options"] == "DENY"
    assert headers["Referrer-Policy"] == "same-origin"
    assert "Set-Cookie" not in headers


@pytest.mark.parametrize("path", PAGES)
def test_language_switch_leads_to_the_same_page(path: str, client: Client) -> None:
    for prefix in ("", "/zh-hans", "/zh-hant"):
        page = get(client, prefix + path)
        links = {tag["lang"]: tag["href"] for tag in page.all("a") if "hreflang" in tag}
        assert links == {
            "en": path,
            "zh-Hans": f"/zh-hans{path}",
            "zh-Hant": f"/zh-hant{path}",
        }


def test_the_address_alone_chooses_the_language(client: Client) -> None:
    page = Page(client.get("/", headers={"accept-language": "zh-hant"}).content.decode())
    assert page.all("html") == [{"lang": "en"}]
    assert "活動" in get(client, "/zh-hant/").text


def test_event_knows_its_address_in_each_language(one: Event, client: Client) -> None:
    assert one.get_absolute_url() == "/events/open/"
    links = [tag["href"] for tag in get(client, "/zh-hant/").all("a")]
    assert "/zh-hant/events/open/" in links


@pytest.mark.parametrize(
    ("prefix", "words"),
    [("", "no such page"), ("/zh-hans", "没有此页面"), ("/zh-hant", "沒有此頁面")],
)
def test_missing_page_speaks_the_language_of_its_address(
    prefix: str, words: str, read: Read
) -> None:
    assert words in read(f"{prefix}/nothing/here", 404).text


@pytest.mark.parametrize("template", ["400.html", "403.html", "404.html", "500.html"])
def test_error_pages_render_with_nothing_at_hand(template: str) -> None:
    page = Page(render_to_string(template))
    assert page.wrong == []
    assert page.headings[0] == 1


def test_style_sheet_of_the_500_page_exists_under_its_plain_name() -> None:
    sheets = list(Page(render_to_string("500.html")).all("link"))
    assert [tag["href"] for tag in sheets] == ["/static/attache.css"]
    assert finders.find("attache.css")


def test_robots_may_read_all_but_the_office(client: Client) -> None:
    response = client.get("/robots.txt")
    assert response["Content-Type"] == "text/plain"
    assert response.content == b"User-agent: *\nDisallow: /admin/\n"


@pytest.mark.parametrize("path", ["/", "/events/open/"])
def test_pages_are_only_read(path: str, client: Client) -> None:
    assert client.post(path).status_code == 405


def test_texts_of_events_are_escaped(client: Client) -> None:
    factories.event(slug="bad", title="<img src=x onerror=alert(1)>", description="<script>")
    for path in ("/?view=list", "/events/bad/"):
        page = get(client, path)
        assert page.wrong == []
        assert page.all("img") == []


@pytest.mark.parametrize("language", ["zh-hans", "zh-hant"])
def test_the_office_speaks_the_language_of_the_browser(language: str, client: Client) -> None:
    response = client.get("/admin/login/", headers={"accept-language": language})
    assert response["Content-Language"] == language
    assert response.status_code == 200


def test_a_browser_that_asks_for_the_icon_gets_it(client: Client) -> None:
    answer = client.get("/favicon.ico")
    assert (answer.status_code, answer["Location"]) == (302, "/static/favicon.svg")


def test_a_box_for_the_past_may_be_ticked(client: Client) -> None:
    answer = client.get("/?view=list&past=on")
    assert answer.status_code == 200
    assert b"public.ics?lang=en" in answer.content
