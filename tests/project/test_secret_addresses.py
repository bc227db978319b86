"""No address with a token is in a log, in a stored mail or in the log of the web server."""

import logging
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.urls import URLPattern, URLResolver, get_resolver

from config.logs import WithoutSecrets
from events.domain.mail import previews
from events.domain.mail.transport import Message
from events.values import secretpaths

TOKEN = "cf1_T0ken-that_nobody:may:read"
NGINX = (Path(settings.BASE_DIR) / "docs" / "nginx.conf").read_text()


# The masks of addresses and referers in the log, and the locations without an error log.
RULES = [
    rule.replace("?<", "?P<")
    for rule in re.findall(r"(?m)^(?:    \"~\*|    location ~\* )(\S*calendar/f\S*?)\"? ", NGINX)
]


def paths(resolver: URLResolver, before: str = "") -> Iterator[str]:
    """Return the addresses of all routes that take a token, with that token."""
    for entry in resolver.url_patterns:
        route = before + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from paths(entry, route)
        elif isinstance(entry, URLPattern) and "token" in entry.pattern.converters:
            yield "/" + re.sub(r"<[^>]*token>", TOKEN, route)


SECRET = sorted(paths(get_resolver()))


@pytest.mark.parametrize("prefix", secretpaths.PREFIXES)
def test_each_prefix_has_a_route(prefix: str) -> None:
    assert any(path.startswith(f"/{prefix}") for path in SECRET)


@pytest.mark.parametrize("path", SECRET)
class TestEachRoute:
    def test_no_log_holds_the_secret(self, path: str) -> None:
        for text, values in (
            (f'"GET {path}?lang=en HTTP/1.1" 200', ()),
            ('"GET %s HTTP/1.1" %s', (path, 404)),
            ("Referer: %s", (f"https://events.example.org{path}",)),
        ):
            record = logging.LogRecord("access", logging.INFO, __file__, 1, text, values, None)
            assert WithoutSecrets().filter(record)
            assert TOKEN not in record.getMessage()
            assert "…" in record.getMessage()

    def test_no_stored_mail_shows_it_to_others(self, path: str) -> None:
        address = f"https://events.example.org{path}"
        message = Message(body=f"Answer here: {address}\n")
        message.attach_alternative(f'<a href="{address}">Answer</a><br>{address}<br>', "text/html")
        shown = previews.shown(message=message, language="en")
        assert TOKEN not in shown.text + shown.html
        assert (shown.text.count("…"), shown.html.count("…")) == (1, 2)
        assert "</a><br>" in shown.html

    def test_nginx_neither_logs_it_nor_hands_it_on_in_a_referer(self, path: str) -> None:
        for before in ("", "/zh-hans", "/zh-hant"):
            assert all(re.search(rule, before + path) for rule in RULES)
            shown = re.sub(RULES[0] + ".*", r"\g<attache_open>***", before + path)
            assert TOKEN not in shown


def test_nginx_knows_the_same_prefixes_wherever_it_names_them() -> None:
    assert len(RULES) == 3
    known = {prefix.removesuffix("/") for prefix in secretpaths.PREFIXES}
    assert [set(found.split("|")) for found in re.findall(r"\((calendar/[^)]+)\)", NGINX)] == (
        [known] * len(RULES)
    )
