"""The interactive documentation in a real browser, with the Content-Security-Policy of the site."""

import pytest
from playwright.sync_api import Page, expect

from tests import factories

REPORT = """
window.violations = [];
document.addEventListener("securitypolicyviolation",
  event => window.violations.push(`${event.violatedDirective} ${event.blockedURI}`));
"""


def test_its_scripts_are_files(client):
    response = client.get("/api/v1/docs/")

    policy = response["Content-Security-Policy"]
    assert "style-src 'self' 'unsafe-inline'" in policy
    assert "script-src" not in policy
    assert "default-src 'self'" in policy
    assert response.content.count(b"<script") == response.content.count(b"<script src=") == 3


@pytest.mark.django_db(transaction=True)
def test_a_reader_tries_it_out(live_server, page: Page):
    factories.event(slug="conference")
    errors: list[str] = []
    foreign: list[str] = []
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("console", lambda line: line.type == "error" and errors.append(line.text))
    page.on(
        "request",
        lambda asked: (
            asked.url.startswith(("http", "ws"))
            and not asked.url.startswith(live_server.url)
            and foreign.append(asked.url)
        ),
    )
    page.add_init_script(REPORT)

    page.goto(f"{live_server.url}/api/v1/docs/")
    expect(page.locator(".opblock")).to_have_count(8)
    page.locator("#operations-events-events_list .opblock-summary-control").click()
    page.get_by_role("button", name="Try it out").click()
    page.get_by_role("button", name="Execute").click()

    answer = page.locator(".live-responses-table tbody")
    expect(answer).to_contain_text('"slug": "conference"')
    assert page.evaluate("window.violations") == []
    assert (errors, foreign) == ([], [])
