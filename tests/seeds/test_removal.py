"""The removal of the sample: what it made goes, what is used otherwise stays."""

from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.apps import apps
from django.core.management import call_command
from django.db import transaction
from django.db.models import Model
from django.test import Client
from pytest_django import DjangoDbBlocker

from events.domain.attendance import invitations
from events.domain.delivery import delivery
from events.domain.directory import people
from events.models import Attendee, Delivery, Event, Membership, Organisation, Person, Place, Team
from seeds import library, removal
from seeds.models import Entry
from tests import factories
from tests.factories import NOW

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.both_databases,
    pytest.mark.xdist_group("removal"),  # so that the sample is loaded for them once
]
PAGE = "/admin/sample/"
# What the machine keeps beside the rows, and what other removals leave as well.
BESIDE = {"events.CalendarChange", "events.Heartbeat"}


def counts() -> dict[str, int]:
    """Return how many rows each table has, histories included."""
    tables = apps.get_models(include_auto_created=True)
    found = {table._meta.label: table._default_manager.count() for table in tables}
    return {name: number for name, number in found.items() if name not in BESIDE}


def names(rows: list[Any]) -> set[str]:
    return {getattr(row, "slug", str(row)) for row in rows}


def row_of(model: type[Model]) -> bool:
    return model._default_manager.filter(slug="sample-mission").exists()


# This one comes before the sample is loaded for the others.
def test_one_click_loads_and_one_removes_and_each_page_says_what_it_does(client: Client):
    client.force_login(factories.user(is_superuser=True))
    assert PAGE in client.get("/admin/").content.decode()
    assert "A made-up trade mission" in client.get(PAGE).content.decode()
    assert not row_of(Event)

    assert "is loaded. Look" in client.post(PAGE, {"load": 1}, follow=True).content.decode()
    start = client.get("/admin/").content.decode()
    assert "The sample is loaded: remove it." in start
    page = client.get(PAGE).content.decode()
    assert "Sample: Clean Energy Promotion Conference" in page
    assert row_of(Event)

    assert (
        "The sample is removed." in client.post(PAGE, {"remove": 1}, follow=True).content.decode()
    )
    assert not row_of(Event)


@pytest.fixture(scope="module")
def loaded(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[dict[str, int]]:
    """Load the catalogue, then the sample; give the numbers of rows between the two.

    This happens once; each test starts from there and is rolled back.
    """
    with django_db_blocker.unblock(), transaction.atomic():
        library.load(now=NOW)
        before = counts()
        library.load_sample(now=NOW)
        yield before
        transaction.set_rollback(True)


def test_all_that_the_sample_made_goes_with_its_history_and_its_mails(loaded):
    delivery.tick(now=NOW + timedelta(minutes=2))
    invited = Attendee.objects.filter(event__slug="sample-bilateral", person__isnull=False)
    keys = list(invited.values_list("pk", flat=True))
    invitations.send(event=invited[0].event, attendees=keys, now=NOW)
    assert Delivery.objects.count() >= 5

    done = removal.remove(now=NOW)

    assert counts() == loaded
    assert (len(done.going), done.kept) == (45, [])
    assert not Entry.objects.filter(key__contains="/sample-").exists()


def test_a_second_removal_does_nothing_and_the_sample_can_be_loaded_again(loaded):
    before = counts()
    removal.remove(now=NOW)
    assert not removal.remove(now=NOW).is_loaded
    library.load_sample(now=NOW)
    assert counts() == before


def stands_on_a_real_list() -> set[str]:
    mine = factories.event(team=factories.team())
    factories.attendee(event=mine, person=Person.objects.get(slug="sample-chan"))
    return {"sample-chan", "sample-council", "sample"}


def works_for_a_sample_office() -> set[str]:
    person = factories.person()
    office = Organisation.objects.get(slug="sample-tides")
    person.appointments.create(organisation=office, title="Clerk")
    return {"sample-tides", "sample"}


def happens_at_a_sample_place() -> set[str]:
    hall = Place.objects.get(slug="sample-hall")
    factories.event(team=factories.team(), place=hall)
    above = {hall.parent.slug} if hall.parent and hall.parent.slug.startswith("sample") else set()
    return {"sample-hall", "sample", *above}


def has_a_login() -> set[str]:
    factories.user(person=Person.objects.get(slug="sample-yip"))
    return {"sample-yip", "sample-council", "sample"}


def somebody_is_in_the_team() -> set[str]:
    factories.user(member_of=Team.objects.get(slug="sample"))
    return {"sample"}


@pytest.mark.parametrize(
    "use",
    [
        stands_on_a_real_list,
        works_for_a_sample_office,
        happens_at_a_sample_place,
        has_a_login,
        somebody_is_in_the_team,
    ],
    ids=lambda use: use.__name__,
)
def test_what_a_real_row_points_to_stays_and_is_named(use, loaded):
    wanted = use()

    done = removal.remove(now=NOW)

    assert names(done.kept) == wanted
    left = Entry.objects.filter(key__contains="/sample-").values_list("key", flat=True)
    assert {key.split("/")[1] for key in left} == wanted - {"sample"}


def test_an_event_at_which_a_real_guest_is_stays_with_its_list_and_all_above(loaded):
    conference = Event.objects.get(slug="sample-conference")
    guest = factories.attendee(event=conference, person=factories.person())

    done = removal.remove(now=NOW)

    assert {"sample-conference", "sample-leg-singapore", "sample-mission"} <= names(done.kept)
    assert Attendee.objects.filter(pk=guest.pk).exists()
    assert "sample-bilateral" not in names(done.kept)


def test_a_part_that_was_added_to_the_sample_keeps_what_it_is_part_of(loaded):
    factories.event(
        team=factories.team(), parent=Event.objects.get(slug="sample-conference"), slug="mine"
    )

    removal.remove(now=NOW)

    assert Event.objects.get(slug="mine").parent.slug == "sample-conference"


def test_a_changed_row_goes_as_well_and_an_erased_person_is_no_obstacle(loaded):
    Person.objects.filter(slug="sample-lin").update(western_name="Pat")
    people.erase(person=Person.objects.get(slug="sample-yip"), now=NOW)

    assert removal.remove(now=NOW).kept == []


def test_the_rest_is_removed_once_nothing_needs_it(loaded):
    stands_on_a_real_list()
    removal.remove(now=NOW)
    Attendee.objects.exclude(event__slug__startswith="sample-").filter(
        person__slug="sample-chan"
    ).delete()

    assert removal.remove(now=NOW).kept == []
    assert not Person.objects.filter(slug__startswith="sample-").exists()


def test_the_command_removes_and_names_what_stays(loaded):
    stands_on_a_real_list()
    out = StringIO()

    call_command("seed", remove_sample=True, stdout=out)

    assert "Sample mission: 42 removed, 3 kept." in out.getvalue()
    assert "kept, because something else needs it: Alex CHAN Example-wing" in out.getvalue()


def test_only_superusers_may_load_or_remove_it(client: Client, loaded):
    client.force_login(factories.user(member_of=factories.team()))
    assert client.get(PAGE).status_code == 403
    assert client.post(PAGE, {"remove": 1}).status_code == 403
    assert PAGE not in client.get("/admin/").content.decode()
    assert row_of(Event)
    assert Membership.objects.count() == 1


def test_a_forged_request_removes_nothing(loaded):
    client = Client(enforce_csrf_checks=True)
    client.force_login(factories.user(is_superuser=True))
    assert client.post(PAGE, {"remove": 1}).status_code == 403
    assert row_of(Event)
