"""The public events of the catalogue, as a reader should see them."""

from datetime import date, timedelta

from events.models import Event
from tests.calendars.readers import Seen

DAY = timedelta(days=1)
# First and last day of each public event; no source gives times.
PUBLIC = {
    "ce-middle-east-mission-2025": (date(2025, 5, 10), date(2025, 5, 15)),
    "ce-shanghai-visit-2025": (date(2025, 11, 4), date(2025, 11, 6)),
    "ce-zhejiang-visit-2025": (date(2025, 4, 22), date(2025, 4, 25)),
    "ciie-2025": (date(2025, 11, 5), date(2025, 11, 10)),
    "cisce-2025": (date(2025, 7, 16), date(2025, 7, 20)),
    "focac-beijing-2024": (date(2024, 9, 4), date(2024, 9, 6)),
    "gathering-in-shanghai-2024-09-25": (date(2024, 9, 25), date(2024, 9, 25)),
    "going-global-conference-2025": (date(2025, 11, 6), date(2025, 11, 6)),
    "hk-promo-shanghai-2024-11": (date(2024, 11, 5), date(2024, 11, 5)),
    "sge-offshore-vault-launch": (date(2025, 6, 26), date(2025, 6, 26)),
    "shanghai-two-sessions-2026": (date(2026, 2, 2), date(2026, 2, 2)),
}


def wanted() -> list[Seen]:
    """Return the events that a reader should see, with exclusive ends as in iCalendar."""
    events = {event.slug: event for event in Event.objects.filter(slug__in=PUBLIC)}
    return sorted(
        Seen(events[slug].ical_uid, events[slug].title, first, last + DAY, True, "CONFIRMED")
        for slug, (first, last) in PUBLIC.items()
    )
