"""US-01: an organiser loads the seeds, and sees where each value comes from."""

from io import StringIO

import pytest
from django.core.management import call_command
from django.test import Client

from delegations.models import Delegation
from events.models import (
    Delivery,
    Event,
    EventSeries,
    Organisation,
    Person,
    Place,
    ReminderOccurrence,
    Sector,
)
from tests import factories
from tests.office import Office, address

pytestmark = pytest.mark.django_db


@pytest.fixture
def office() -> Office:
    client = Client()
    client.force_login(factories.user(is_superuser=True))
    return Office(client)


def seed() -> str:
    said = StringIO()
    call_command("seed", stdout=said)
    return said.getvalue()


def test_the_catalogue_is_loaded_once_and_says_where_it_comes_from(office: Office) -> None:
    seed()
    # 1. The rows of the five articles; a second run changes nothing.
    counts = {
        Event: 39, EventSeries: 9, Delegation: 5, Person: 14, Organisation: 42, Place: 40,
        Sector: 16,
    }  # fmt: skip
    assert {model: len(office.found(model)) for model in counts} == counts
    assert ": 0 added, 0 changed" in seed()

    # 2. Each value shows source, line and basis; lists can be filtered by basis and precision.
    gathering = Event.objects.get(slug="gathering-in-shanghai-2024-09-25")
    evidence = evidence_of(office, gathering)
    assert all(line["basis"] for line in evidence)
    assert all(line["source"] for line in evidence if line["basis"] == "stated")
    computed = office.found(Event, basis__exact="computed")
    assert gathering in computed
    assert {event.basis for event in computed} == {"computed"}
    coarse = office.found(Event, precision__exact="half_year")
    assert {event.when.precision for event in coarse} == {"half_year"}

    # 3. Day and month are stated, the year is computed.
    known = {(line["field"], line["basis"]) for line in evidence}
    assert {("when.month_day", "stated"), ("when.year", "computed")} <= known
    assert ("when.year", "stated") not in known

    # 4. Relative dates count from the article, although the import runs later.
    november = Event.objects.get(date_text="last November")
    assert f"{november.start_on:%Y-%m}" == "2024-11"

    # 5. No mail is planned, and mail addresses of the articles' writers are not stored.
    assert not ReminderOccurrence.objects.exists()
    assert not Delivery.objects.exists()
    assert not Person.objects.exclude(email="").exists()


def test_delegations_show_their_members_and_legs_with_the_evidence_beside_them(
    office: Office,
) -> None:
    seed()
    mission = Delegation.objects.get(slug="hk-middle-east-mission-2025")
    page = office.open(address(mission, "change")).content.decode()
    for words in ("John LEE Ka-chiu", "Mainland companies, unnamed", "Doha", "Kuwait"):
        assert words in page
    fields = {line["field"] for line in evidence_of(office, mission)}
    assert {"delegates", "legs", "mission", "sending_organisation"} <= fields


def evidence_of(office: Office, row: Event | Delegation) -> list[dict[str, str]]:
    """Return the lines of evidence on the page of a row."""
    page = office.open(address(row, "change"))
    formset = next(
        inline.formset
        for inline in page.context["inline_admin_formsets"]
        if "evidence" in inline.formset.prefix
    )
    return [
        {
            "field": form.instance.field,
            "basis": form.instance.basis,
            "source": str(form.instance.source or form.instance.reference),
        }
        for form in formset.forms
    ]
