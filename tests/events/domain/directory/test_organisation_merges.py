"""Two records of one organisation are merged, with all rows that refer to them."""

from random import Random
from typing import Any

import pytest
from django.db import connection, transaction
from hypothesis import given
from hypothesis import strategies as st

from delegations.models import Application, Delegate, Leg, Nominee
from events.domain.directory import merging, organisations
from events.models import (
    Appointment,
    Attendee,
    EventOrganisation,
    Evidence,
    Organisation,
)
from seeds.models import Entry
from tests import factories
from tests.events.domain.directory.doubleorganisations import (
    firm,
    nominate,
    person,
    role,
    sector,
    some_rows,
)
from tests.events.domain.directory.related import application, delegation, evidence, leg
from tests.events.domain.pages import worlds
from tests.examples import examples
from tests.factories import NOW

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def merge(keep: Organisation, drop: Organisation) -> None:
    organisations.merge(keep=keep, drop=drop, now=NOW)


def test_the_dropped_record_goes_and_its_rows_become_those_of_the_kept() -> None:
    keep, drop = firm(), firm()
    body = delegation(sending_organisation=drop, organiser=drop)
    stop = leg(body)
    Leg.objects.filter(pk=stop.pk).update(host=drop)
    rows: list[tuple[Any, str]] = [
        (body, "sending_organisation"),
        (body, "organiser"),
        (stop, "host"),
        (role(factories.event(), drop), "organisation"),
        (Appointment.objects.create(person=factories.person(), organisation=drop), "organisation"),
        (factories.attendee(representing=drop), "representing"),
        (Delegate.objects.create(delegation=body, label_en="x", organisation=drop), "organisation"),
        (application(body, organisation=drop), "organisation"),
        (firm(parent=drop), "parent"),
        (evidence(drop), "target"),
        (Entry.objects.create(key="organisations/a", target=drop, loaded={}), "target"),
    ]
    shared, theirs = sector(), sector()
    keep.sectors.set([shared])
    drop.sectors.set([shared, theirs])
    key = drop.pk
    merge(keep, drop)
    assert not Organisation.objects.filter(pk=key).exists()
    for row, column in rows:
        assert getattr(type(row)._default_manager.get(pk=row.pk), column) == keep, (row, column)
    assert set(keep.sectors.all()) == {shared, theirs}


def test_blanks_are_filled_and_the_other_names_find_the_kept_record() -> None:
    keep = firm(name_en="Trade Council", short_name_en="TC", aliases=["Council"])
    drop = firm(
        name_en="Trade Development Council",
        name_zh_hant="貿易發展局",
        short_name_en="TDC",
        aliases=["Council", "Old council"],
        place=factories.place(),
        headcount_text="300",
    )
    place = drop.place
    merge(keep, drop)
    keep = Organisation.objects.get(pk=keep.pk)
    assert (keep.name_en, keep.name_zh_hant, keep.short_name_en) == (
        "Trade Council", "貿易發展局", "TC",
    )  # fmt: skip
    assert (keep.place, keep.headcount_text) == (place, "300")
    assert keep.aliases == ["Council", "Trade Development Council", "TDC", "Old council"]
    for text in ("development council", "tdc", "贸易", "Trade Council"):
        assert list(Organisation.objects.matching(text)) == [keep], text


def test_one_role_at_an_event_is_held_once() -> None:
    keep, drop, event = firm(), firm(), factories.event()
    kept = role(event, keep, role="exhibitor", position=3, stand="A1")
    role(event, drop, role="exhibitor", position=2, stand="B7")
    other = role(event, drop, role="sponsor")
    merge(keep, drop)
    kept.refresh_from_db()
    assert (kept.position, kept.stand) == (2, "A1, B7")
    assert set(event.organisation_roles.all()) == {kept, other}


def test_events_that_showed_the_dropped_record_count_the_change() -> None:
    keep, drop = firm(), firm()
    shown, both, untouched = factories.event(), factories.event(), factories.event()
    for event, bodies in ((shown, [drop]), (both, [keep, drop]), (untouched, [keep])):
        for body in bodies:
            role(event, body)
    merge(keep, drop)
    for event, revision in ((shown, 1), (both, 1), (untouched, 0)):
        event.refresh_from_db()
        assert (event.revision, event.sequence) == (revision, 0)


def test_what_was_part_of_the_dropped_record_is_part_of_the_kept() -> None:
    top, keep = firm(), firm()
    drop = firm(parent=top)
    part = firm(parent=drop)
    merge(keep, drop)
    part.refresh_from_db()
    assert (keep.parent, part.parent) == (top, keep)


@pytest.mark.parametrize("kept_is_part", [True, False])
def test_of_a_body_and_its_part_one_takes_the_place_of_the_other(kept_is_part: bool) -> None:
    top = firm()
    whole = firm(parent=top)
    part = firm(parent=whole)
    keep, drop = (part, whole) if kept_is_part else (whole, part)
    merge(keep, drop)
    keep.refresh_from_db()
    assert keep.parent == top


def test_a_body_within_a_part_of_the_other_is_refused() -> None:
    drop = firm()
    between = firm(parent=drop)
    keep = firm(parent=between)
    with pytest.raises(organisations.Circle) as refusal:
        merge(keep, drop)
    assert refusal.value.between == between


def test_a_part_of_a_part_does_not_lend_what_it_is_part_of() -> None:
    keep = firm()
    drop = firm(parent=firm(parent=keep))
    merge(keep, drop)
    keep.refresh_from_db()
    assert keep.parent is None


def test_records_of_two_teams_are_refused() -> None:
    ours, theirs = firm(team=factories.team()), firm(team=factories.team())
    with pytest.raises(merging.OtherTeam):
        merge(ours, theirs)


# --- applications ---


def test_two_undecided_applications_become_one_in_the_further_state() -> None:
    keep, drop, body = firm(), firm(), delegation()
    ann, ben = person("Ann"), person("Ben")
    kept = application(body, organisation=keep, status="draft", submitted_at=None, statement="One")
    double = application(body, organisation=drop, status="under_review", statement="Two")
    nominate(kept, ann)
    nominate(double, ann, ben)
    merge(keep, drop)
    row = body.applications.get()
    assert (row.pk, row.status, row.submitted_at) == (kept.pk, "under_review", NOW)
    assert row.statement == "One\n\nTwo"
    assert {nominee.person for nominee in row.nominees.all()} == {ann, ben}


def test_two_confirmed_applications_become_one_with_the_delegates_of_both() -> None:
    keep, drop, body = firm(), firm(), delegation()
    made = []
    for body_of in (keep, drop):
        asked = application(body, organisation=body_of, status="confirmed")
        made.append(Delegate.objects.create(delegation=body, label_en="x", application=asked))
    merge(keep, drop)
    assert list(body.applications.get().delegates.order_by("pk")) == made


def test_the_decided_one_stands_where_the_other_proposes_nobody_else() -> None:
    keep, drop, body = firm(), firm(), delegation()
    ann = person("Ann")
    until = NOW.replace(day=9)
    kept = application(body, organisation=keep)
    double = application(
        body, organisation=drop, status="accepted", confirm_by=until, decided_at=NOW
    )
    nominate(kept, ann)
    nominate(double, ann)
    merge(keep, drop)
    row = body.applications.get()
    assert (row.pk, row.status, row.confirm_by, row.decided_at) == (
        kept.pk, "accepted", until, NOW,
    )  # fmt: skip
    assert [nominee.person for nominee in row.nominees.all()] == [ann]


@pytest.mark.parametrize("swapped", [False, True])
def test_applications_decided_differently_are_refused_by_name(swapped: bool) -> None:
    keep, drop, body = firm(), firm(), delegation()
    accepted = application(body, organisation=keep, status="accepted", confirm_by=NOW)
    waiting = application(body, organisation=drop, status="waitlisted")
    nominate(waiting, person("Ann"))
    if swapped:
        keep, drop, accepted, waiting = drop, keep, waiting, accepted
    before = worlds.rows()
    with pytest.raises(merging.Overlap) as refusal:
        merge(keep, drop)
    assert (refusal.value.kept, refusal.value.double) == (accepted, waiting)
    assert worlds.rows() == before


def test_applications_that_are_over_stand_beside_a_live_one() -> None:
    keep, drop, body = firm(), firm(), delegation()
    rows = [
        application(body, organisation=keep),
        application(body, organisation=drop, status="declined", reason="No seats"),
        application(body, organisation=keep, status="withdrawn"),
    ]
    merge(keep, drop)
    assert list(body.applications.filter(organisation=keep).order_by("pk")) == rows


def test_merging_costs_as_many_queries_for_30_rows_as_for_1(
    django_assert_max_num_queries: Any,
) -> None:
    counts = []
    merge(firm(), firm())  # fills the cache of content types
    for size in (1, 30):
        keep, drop = firm(), firm()
        for _ in range(size):
            factories.attendee(representing=drop)
            firm(parent=drop)
        with django_assert_max_num_queries(200) as asked:
            merge(keep, drop)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- at random ---


@examples(12)
@given(random=st.randoms(use_true_random=False))
def test_whatever_the_rows_none_is_lost_and_each_leads_to_the_survivor(random: Random) -> None:
    with transaction.atomic():
        keep, drop = firm(), firm()
        some_rows(random, keep, drop)
        before, key = worlds.rows(), drop.pk
        merge(keep, drop)
        folds: worlds.Folds = {(Organisation, key): keep.pk}
        folds |= worlds.doubles(
            before, EventOrganisation, "organisation_id", "event_id", "role", of=folds
        )
        folds |= worlds.doubles(before, Application, "organisation_id", "delegation_id", of=folds)
        folds |= worlds.doubles(before, Nominee, "application_id", "person_id", of=folds)
        assert worlds.faults(before, worlds.rows(), folds) == []
        assert {row.target for row in Evidence.objects.all()} <= {keep}
        assert Attendee.objects.filter(representing=keep).count() == sum(
            row["representing_id"] in (keep.pk, key)
            for (model, _), row in before.items()
            if model is Attendee
        )
        connection.check_constraints()
        transaction.set_rollback(True)
