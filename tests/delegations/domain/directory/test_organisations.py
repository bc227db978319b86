"""Merging two records of one organisation keeps the quotas of delegations."""

import pytest

from delegations.domain.directory import organisations
from delegations.domain.rosters import rosters
from delegations.models import Delegate, Delegation, Nominee
from events.models import Attendee, Organisation
from tests import factories
from tests.events.domain.pages import worlds
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def merge(keep: Organisation, drop: Organisation) -> None:
    organisations.merge(keep=keep, drop=drop, now=NOW)


def send(delegation: Delegation, organisation: Organisation, number: int) -> list[Delegate]:
    return [
        rosters.add(
            delegation=delegation,
            person=factories.person(),
            organisation=organisation,
            now=NOW,
        )
        for _ in range(number)
    ]


def test_members_and_attendees_stand_for_the_kept_record() -> None:
    body, keep, drop = factories.delegation(), factories.organisation(), factories.organisation()
    members = [*send(body, keep, 1), *send(body, drop, 2)]
    merge(keep, drop)
    assert list(body.delegates.filter(organisation=keep).order_by("pk")) == members
    assert Attendee.objects.filter(representing=keep).count() == 3
    before = worlds.rows()
    rosters.sync(delegation=body, now=NOW)
    assert worlds.rows() == before


def test_more_seats_than_one_body_may_have_are_refused() -> None:
    body = factories.delegation(organisation_quota=2)
    keep, drop = factories.organisation(), factories.organisation()
    send(body, keep, 2)
    send(body, drop, 1)
    before = worlds.rows()
    with pytest.raises(rosters.TooManyOf) as refusal:
        merge(keep, drop)
    assert (refusal.value.delegation, refusal.value.organisation, refusal.value.needed) == (
        body, keep, 3,
    )  # fmt: skip
    assert worlds.rows() == before
    Delegation.objects.filter(pk=body.pk).update(organisation_quota=3)
    merge(keep, drop)
    assert body.delegates.filter(organisation=keep).count() == 3


def test_what_is_over_stays_as_it_is() -> None:
    body = factories.delegation(organisation_quota=2)
    keep, drop = factories.organisation(), factories.organisation()
    send(body, keep, 2)
    send(body, drop, 1)
    Delegation.objects.filter(pk=body.pk).update(status="concluded")
    merge(keep, drop)
    assert body.delegates.filter(organisation=keep).count() == 3


def test_a_seat_that_was_promised_twice_goes_to_the_next() -> None:
    body, person = factories.delegation(quota=2), factories.person()
    keep, drop = factories.organisation(), factories.organisation()
    for firm in (keep, drop):
        asked = factories.application(
            delegation=body, organisation=firm, status="accepted", seats=0
        )
        Nominee.objects.create(application=asked, person=person)
    waiting = factories.application(delegation=body, status="waitlisted")
    merge(keep, drop)
    waiting.refresh_from_db()
    assert waiting.status == "accepted"
    assert body.applications.filter(organisation=keep).count() == 1
