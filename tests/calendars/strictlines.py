"""A strict parser of content lines: fails if a user text has broken or forged a line."""

import re

ALLOWED = {
    *("BEGIN", "END", "VERSION", "PRODID", "CALSCALE", "NAME", "X-WR-CALNAME", "X-WR-CALDESC"),
    *("COLOR", "SOURCE", "REFRESH-INTERVAL", "X-PUBLISHED-TTL", "TZID", "RRULE", "TZNAME"),
    *("TZOFFSETFROM", "TZOFFSETTO", "UID", "DTSTAMP", "CREATED", "LAST-MODIFIED", "SEQUENCE"),
    *("DTSTART", "DTEND", "STATUS", "TRANSP", "SUMMARY", "DESCRIPTION", "LOCATION", "GEO"),
    *("X-APPLE-STRUCTURED-LOCATION", "URL", "CONFERENCE", "CATEGORIES", "RELATED-TO"),
    *("ACTION", "TRIGGER"),
}
# A contentline of RFC 5545, 3.1, with a value that is not empty.
CONTENT_LINE = re.compile(r'[A-Z-]+(;[A-Z-]+=("[^"]*"|[^";:,]*))*:.+')


def check(stream: bytes) -> list[str]:
    """Return the names of the properties; fail on any line that a strict parser would reject."""
    assert stream.endswith(b"\r\n")
    raw = stream.split(b"\r\n")[:-1]
    assert all(0 < len(line) <= 75 for line in raw)
    # decode() fails on a character cut in two; splitlines() splits at every line end of Unicode.
    lines = [line.decode() for line in raw]
    assert "\r\n".join([*lines, ""]).splitlines() == lines
    starts = [line for line in lines if not line.startswith(" ")]
    names = [re.split("[:;]", line, maxsplit=1)[0] for line in starts]
    assert set(names) <= ALLOWED
    whole = stream.replace(b"\r\n ", b"").split(b"\r\n")[:-1]
    assert all(re.fullmatch(CONTENT_LINE, line.decode()) for line in whole)
    return starts
