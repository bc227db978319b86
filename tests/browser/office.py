"""The pages of the admin of a running Attaché, each with a name and its address."""

import re

from playwright.sync_api import Page

# A list whose first row is the one to open.
ROWS = {
    "delegation": "delegations/trademission/?q=Sample",
    "application": "delegations/application/?q=Sample",
    "conference": "events/promotionconference/?q=Sample",
    "hubs": "events/event/?q=gathering-in-shanghai-2024-09-25",
    "attendee": "events/attendee/?q=Sample",
    "person": "events/person/?q=Alex",
    "organisation": "events/organisation/?q=Sample",
    "place": "events/place/?q=singapore",
    "series": "events/eventseries/",
    "team": "events/team/",
}
LISTS = ("event", "attendee", "person", "organisation", "delivery", "source", "figure")
ROW = "#result_list th a"
TAB = "#tabs-items a[href^='#']"
STEP = "a[href*='/step/']"


def sign_in(page: Page, address: str, login: str) -> None:
    name, password = login.split(":", 1)
    page.goto(f"{address}/admin/")
    page.fill("#id_username", name)
    page.fill("#id_password", password)
    page.press("#id_password", "Enter")
    page.wait_for_url("**/admin/")


def addresses(page: Page, address: str) -> dict[str, str]:
    """Visit the admin once; return the addresses of its pages by name."""
    found = {"overview": f"{address}/admin/"}
    found |= {f"{name}-whole-list": f"{address}/admin/events/{name}/" for name in LISTS}
    for name, query in ROWS.items():
        found[f"{name}-list"] = f"{address}/admin/{query}"
        page.goto(found[f"{name}-list"])
        page.goto(_links(page, ROW)[0])
        row = page.url.split("?")[0]
        if not row.endswith("/change/"):
            found |= {f"{name}-home": row} | _of_row(page, name)
            row = f"{row}change/"
            page.goto(row)
        tabs = {"general", *(url.split("#")[1] for url in _links(page, TAB))}
        found |= {f"{name}-{tab}": f"{row}#{tab}" for tab in sorted(tabs)}
        found[f"{name}-history"] = row.replace("/change/", "/history/")
        found |= _of_row(page, name)
    return found | _merge(page, address)


def _of_row(page: Page, name: str) -> dict[str, str]:
    """Return the steps that the page of a row offers, and its itineraries."""
    steps = {
        f"{name}-step-{url.split('/step/')[1].split('/')[0]}": url for url in _links(page, STEP)
    }
    whole = _links(page, "a[href$='/itinerary/'], a[href$='/itinerary']")[:1]
    one = _links(page, "a[href*='/itinerary/?person=']")[:1]
    papers = {f"{name}-itinerary": whole, f"{name}-itinerary-of-one": one}
    read = {key: url for key, urls in papers.items() for url in urls}
    return steps | read | {f"{key}-print": url for key, url in read.items()}


def _merge(page: Page, address: str) -> dict[str, str]:
    page.goto(f"{address}/admin/events/person/")
    keys = [re.search(r"/(\d+)/change/", url) for url in _links(page, ROW)]
    one, other = list(dict.fromkeys(key[1] for key in keys if key))[:2]
    return {"person-merge": f"{address}/admin/events/person/merge/{one}/{other}/"}


def _links(page: Page, selector: str) -> list[str]:
    return list(page.locator(selector).evaluate_all("links => links.map(link => link.href)"))
