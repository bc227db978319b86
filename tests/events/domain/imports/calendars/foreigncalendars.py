"""Calendars as other people's programs write them, line by line."""


def ics(*lines: str) -> bytes:
    """Return a calendar of these lines."""
    return "\r\n".join(["BEGIN:VCALENDAR", "VERSION:2.0", *lines, "END:VCALENDAR", ""]).encode()


def vevent(*lines: str, uid: str = "one@example.org", title: str = "Trade forum") -> list[str]:
    return ["BEGIN:VEVENT", f"UID:{uid}", f"SUMMARY:{title}", *lines, "END:VEVENT"]


def one(*lines: str, **values: str) -> bytes:
    """Return a calendar with one event on 2 December 2026, unless the lines name another date."""
    dated = any(line.startswith("DTSTART") for line in lines)
    day = () if dated else ("DTSTART;VALUE=DATE:20261202",)
    return ics(*vevent(*day, *lines, **values))
