"""The public feed of the catalogue, fetched by vdirsyncer and listed by khal."""

from pathlib import Path
from urllib.request import urlopen

import pytest

from seeds import library
from tests.calendars import readers
from tests.calendars.catalogue import wanted
from tests.factories import NOW


@pytest.mark.django_db(transaction=True)
def test_khal_shows_the_catalogue_that_vdirsyncer_subscribed_to(live_server, tmp_path: Path):
    library.load(now=NOW)
    url = f"{live_server.url}/calendar/public.ics"

    found = readers.read_khal(url, tmp_path)

    with urlopen(url) as answer:
        assert answer.status == 200
    assert sorted((event.title, event.start, event.end) for event in found) == sorted(
        (event.title, event.start, event.end) for event in wanted()
    )
