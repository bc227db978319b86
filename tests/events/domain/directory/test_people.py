"""Merging of two records of a person, and erasure; in both cases counts stay right."""

from collections import Counter
from datetime import date, timedelta
from random import Random
from typing import Any
from uuid import uuid4

import pytest
from django.apps import apps
from django.contrib.admin.models import CHANGE, LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import IntegrityError, connection, transaction
from django.db.models import Model, QuerySet
from hypothesis import given
from hypothesis import strategies as st

from delegations.models import Delegate, Leg, Nominee, RosterAttendee
from events.domain.attendance import attendees
from events.domain.directory import merging, people
from events.models import (
    Appointment,
    Attendee,
    Delivery,
    Event,
    Evidence,
    Person,
)
from events.models.base.history import of as history_of
from seeds.models import Entry
from tests import factories
from tests.events.domain.directory.doublepeople import delivery, expanded, john, some_rows
from tests.events.domain.directory.related import application, delegation, evidence, leg
from tests.events.domain.pages import worlds
from tests.examples import examples
from tests.factories import NOW
from tests.races import at_once, outcomes, race

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


def merge(keep: Person, drop: Person) -> None:
    people.merge(keep=keep, drop=drop, now=NOW)


# --- merging ---


def test_the_dropped_record_goes_and_its_rows_become_those_of_the_kept() -> None:
    keep, drop = john(), john()
    attendee = factories.attendee(person=drop)
    mail = delivery(attendee, state="sent")
    body = delegation()
    rows: list[Any] = [
        attendee,
        mail,
        Delegate.objects.create(delegation=body, person=drop),
        Nominee.objects.create(application=application(body), person=drop),
        Appointment.objects.create(person=drop, title_en="Chief Executive"),
    ]
    login = factories.user(person=drop)
    guest = factories.attendee(invited_by=drop)
    asked = application(body, contact=drop)
    looked_after = leg(body)
    Leg.objects.filter(pk=looked_after.pk).update(liaison=drop)
    told = evidence(drop)
    entry = Entry.objects.create(key="people/john", target=drop, loaded={})
    merge(keep, drop)
    assert list(Person.objects.filter(family_name="Lee")) == [keep]
    for row in rows:
        row.refresh_from_db()
        assert row.person == keep, row
    for row, column in [
        (login, "person"), (guest, "invited_by"), (asked, "contact"), (looked_after, "liaison"),
        (told, "target"), (entry, "target"),
    ]:  # fmt: skip
        assert getattr(type(row)._default_manager.get(pk=row.pk), column) == keep, row


def test_blanks_are_filled_and_what_is_said_stands() -> None:
    keep = john(given_name="", email="", phone="+85211111111", language="en")
    drop = john(
        name_zh_hant="李家超",
        email="ce@example.org",
        phone="+85222222222",
        timezone="Asia/Hong_Kong",
    )
    merge(keep, drop)
    keep = Person.objects.get(pk=keep.pk)
    assert (keep.name_en, keep.name_zh_hant) == ("John LEE Ka-chiu", "李家超")
    assert (keep.email, keep.phone) == ("ce@example.org", "+85211111111")
    assert (keep.language, keep.timezone) == ("en", "Asia/Hong_Kong")
    assert keep.aliases == []


def test_the_other_spellings_find_the_kept_record() -> None:
    keep = factories.person(family_name="Lyu", given_name="Zhu")
    drop = factories.person(family_name="Loi", given_name="Chu", name_zh_hans="吕竹")
    keep.name_zh_hans = "吕筑"
    keep.save()
    drop.aliases = ["Louie"]
    drop.save()
    merge(keep, drop)
    assert keep.aliases == ["LOI Chu", "吕竹", "Louie"]
    for text in ("loi chu", "Chu Loi", "呂竹", "louie", "Lü Zhu"):
        assert list(Person.objects.matching(text)) == [keep], text


def test_a_given_name_is_not_lent_to_another_family() -> None:
    keep = factories.person(family_name="Wong", given_name="")
    merge(keep, factories.person(family_name="Chan", given_name="Siu-ming"))
    assert (keep.name_en, keep.aliases) == ("WONG", ["CHAN Siu-ming"])


def test_an_event_that_both_attend_is_attended_once_in_the_further_state() -> None:
    event = factories.event()
    keep, drop = john(), john()
    kept = factories.attendee(
        event=event, person=keep, partstat="needs_action", tags=["vip"], notes="Window seat"
    )
    double = factories.attendee(
        event=event,
        person=drop,
        partstat="accepted",
        seat="confirmed",
        attendance="checked_in",
        checked_in_at=NOW,
        role="speaker",
        tags=["press", "vip"],
        notes="Vegetarian",
        created_at=NOW - timedelta(days=2),
    )
    mails = [delivery(kept, state="sent"), delivery(double, state="failed")]
    stand_in = factories.attendee(event=event, substitute_for=double)
    merge(keep, drop)
    row = event.attendees.get(person=keep)
    assert row.pk == kept.pk
    assert (row.partstat, row.seat, row.attendance, row.checked_in_at) == (
        "accepted", "confirmed", "checked_in", NOW,
    )  # fmt: skip
    assert (row.role, row.tags) == ("speaker", ["vip", "press"])
    assert (row.notes, row.created_at) == ("Window seat\n\nVegetarian", NOW - timedelta(days=2))
    assert list(row.deliveries.order_by("pk")) == mails
    assert list(row.substitutes.all()) == [stand_in]


ANSWERS = [
    # the kept row, the dropped row, the merged row
    (("accepted", "confirmed"), ("declined", "none"), ("accepted", "confirmed")),
    (("declined", "cancelled"), ("accepted", "waitlisted"), ("accepted", "waitlisted")),
    (("accepted", "waitlisted"), ("accepted", "confirmed"), ("accepted", "confirmed")),
    (("needs_action", "none"), ("declined", "none"), ("declined", "none")),
    (("accepted", "cancelled"), ("needs_action", "none"), ("needs_action", "none")),
    (("tentative", "none"), ("accepted", "none"), ("accepted", "none")),
    (("declined", "none"), ("delegated", "none"), ("delegated", "none")),
    (("accepted", "none"), ("declined", "none"), ("accepted", "none")),
]


@pytest.mark.parametrize(("kept", "double", "stands"), ANSWERS, ids=str)
def test_who_got_furthest_stands(kept: Any, double: Any, stands: Any) -> None:
    event, keep, drop = factories.event(), john(), john()
    for person, (answer, place) in ((keep, kept), (drop, double)):
        since = NOW if place == "waitlisted" else None
        factories.attendee(
            event=event, person=person, partstat=answer, seat=place, waitlisted_at=since
        )
    merge(keep, drop)
    row = event.attendees.get()
    assert (row.partstat, row.seat) == stands


@pytest.mark.parametrize(
    ("kept", "double", "stands"),
    [
        ("participant", "interpreter", "interpreter"),
        ("interpreter", "speaker", "speaker"),
        ("speaker", "delegate", "speaker"),
        ("delegate", "head", "head"),
        ("head", "deputy", "head"),
        ("staff", "participant", "staff"),
    ],
)
def test_who_leads_stands(kept: str, double: str, stands: str) -> None:
    event, keep, drop = factories.event(), john(), john()
    factories.attendee(event=event, person=keep, role=kept)
    factories.attendee(event=event, person=drop, role=double)
    merge(keep, drop)
    assert event.attendees.get().role == stands


def test_whoever_stood_in_for_their_double_stands_in_for_nobody() -> None:
    event, keep, drop = factories.event(), john(), john()
    double = factories.attendee(event=event, person=drop, partstat="delegated")
    factories.attendee(event=event, person=keep, substitute_for=double)
    merge(keep, drop)
    assert event.attendees.get().substitute_for is None


@pytest.mark.parametrize("state", Delivery.OUT)
def test_a_mail_that_may_have_arrived_calls_the_other_back(state: str) -> None:
    event, keep, drop = factories.event(), john(), john()
    [due] = expanded(event, 1)
    leased = {"lease_token": uuid4(), "lease_until": NOW} if state == "sending" else {}
    waits = delivery(factories.attendee(event=event, person=keep), occurrence=due)
    delivery(factories.attendee(event=event, person=drop), occurrence=due, state=state, **leased)
    merge(keep, drop)
    assert Delivery.objects.get(pk=waits.pk).state == "cancelled"


def test_of_two_mails_that_wait_the_one_that_may_have_arrived_stays() -> None:
    event, keep, drop = factories.event(), john(), john()
    [due] = expanded(event, 1)
    waits = delivery(factories.attendee(event=event, person=keep), occurrence=due)
    tried = delivery(factories.attendee(event=event, person=drop), occurrence=due, unknown_count=1)
    merge(keep, drop)
    states = dict(Delivery.objects.values_list("pk", "state"))
    assert (states[waits.pk], states[tried.pk]) == ("cancelled", "pending")


def test_of_two_mails_about_the_same_that_wait_one_is_called_back() -> None:
    event, keep, drop = factories.event(), john(), john()
    due = expanded(event, 3)
    kept = factories.attendee(event=event, person=keep)
    double = factories.attendee(event=event, person=drop)
    both_wait = [delivery(row, occurrence=due[0]) for row in (kept, double)]
    one_went = [
        delivery(kept, occurrence=due[1]), delivery(double, occurrence=due[1], state="sent"),
    ]  # fmt: skip
    alone = delivery(double, occurrence=due[2])
    merge(keep, drop)
    states = {row.pk: row.state for row in keep.deliveries.all()}
    assert [states[row.pk] for row in both_wait] == ["pending", "cancelled"]
    assert [states[row.pk] for row in one_went] == ["cancelled", "sent"]
    assert states[alone.pk] == "pending"


def test_a_member_of_one_delegation_is_its_member_once() -> None:
    body, keep, drop = delegation(), john(), john()
    first, second = leg(body), leg(body)
    kept = Delegate.objects.create(delegation=body, person=keep, precedence=4)
    double = Delegate.objects.create(
        delegation=body, person=drop, capacity="head", precedence=1, organisation=(
            firm := factories.organisation()
        ),
    )  # fmt: skip
    kept.legs.set([first])
    double.legs.set([second])
    attendances = []
    for member in (kept, double):
        attendee = factories.attendee(event=body.mission, person=member.person)
        attendances.append(RosterAttendee.objects.create(delegate=member, attendee=attendee))
    merge(keep, drop)
    member = body.delegates.get()
    assert (member.pk, member.capacity, member.precedence) == (kept.pk, "head", 1)
    assert member.organisation == firm
    assert set(member.legs.all()) == {first, second}
    assert list(member.attendances.all()) == attendances[:1]
    assert body.mission
    assert list(body.mission.attendees.all()) == [attendances[0].attendee]


def test_who_is_on_all_legs_once_is_on_all_of_them() -> None:
    body, keep, drop = delegation(), john(), john()
    kept = Delegate.objects.create(delegation=body, person=keep)
    double = Delegate.objects.create(delegation=body, person=drop)
    double.legs.set([leg(body)])
    leg(body)
    merge(keep, drop)
    assert list(kept.legs.all()) == []


def test_a_nominee_is_proposed_once() -> None:
    asked, keep, drop = application(delegation()), john(), john()
    Nominee.objects.create(application=asked, person=keep, capacity="adviser")
    Nominee.objects.create(application=asked, person=drop, capacity="deputy")
    merge(keep, drop)
    assert asked.nominees.get().capacity == "deputy"


def test_two_logins_are_refused_by_name_and_nothing_changes() -> None:
    keep, drop = john(), john(email="")
    first, second = factories.user(person=keep), factories.user(person=drop)
    factories.attendee(person=drop)
    before = worlds.rows()
    with pytest.raises(merging.Overlap) as refusal:
        merge(keep, drop)
    assert (refusal.value.kept, refusal.value.double) == (first, second)
    assert worlds.rows() == before


def test_one_record_cannot_be_merged_with_itself() -> None:
    keep = john()
    with pytest.raises(merging.OneRecord):
        merge(keep, Person.objects.get(pk=keep.pk))


def test_records_of_two_teams_are_refused() -> None:
    ours, theirs, shared = john(team=factories.team()), john(team=factories.team()), john()
    for drop in (theirs, shared):
        with pytest.raises(merging.OtherTeam) as refusal:
            merge(ours, drop)
        assert (refusal.value.keep, refusal.value.drop) == (ours, drop)
    merge(shared, theirs)
    assert Person.objects.filter(pk=theirs.pk).count() == 0


def test_a_record_that_is_gone_by_now_is_refused() -> None:
    keep, drop = john(), john()
    again = Person.objects.get(pk=drop.pk)
    merge(keep, drop)
    with pytest.raises(Person.DoesNotExist):
        merge(keep, again)


def test_an_erased_person_is_not_merged() -> None:
    keep, drop = john(), john()
    people.erase(person=drop, now=NOW)
    for pair in ((keep, drop), (drop, keep)):
        with pytest.raises(people.Erased) as refusal:
            merge(*pair)
        assert refusal.value.person == drop


def test_the_history_of_both_records_stays() -> None:
    keep, drop = john(), john(honorific="Mr")
    attendee = factories.attendee(person=drop)
    key = drop.pk
    merge(keep, drop)
    changes = history_of(Person).filter(id=key).order_by("history_id")
    assert [(row.history_type, row.name_en) for row in changes] == [
        ("+", "John LEE Ka-chiu"), ("-", "John LEE Ka-chiu"),
    ]  # fmt: skip
    assert changes.last().history_change_reason == f"merged into {keep.pk}"
    invited = history_of(Attendee).get(id=attendee.pk)
    assert invited.person == keep
    last = history_of(Person).filter(id=keep.pk).order_by("history_id").last()
    assert (last.history_type, last.history_change_reason) == ("~", f"merged with {key}")


def test_merging_costs_as_many_queries_for_30_rows_as_for_1(
    django_assert_max_num_queries: Any,
) -> None:
    counts = []
    for size in (1, 30):
        keep, drop = john(), john()
        for _ in range(size):
            factories.attendee(person=drop)
            Appointment.objects.create(person=drop, title_en="Adviser")
        with django_assert_max_num_queries(200) as asked:
            merge(keep, drop)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- merging, at random ---


@examples(12)
@given(random=st.randoms(use_true_random=False))
def test_whatever_the_rows_none_is_lost_and_each_leads_to_the_survivor(random: Random) -> None:
    with transaction.atomic():
        keep, drop = john(), john()
        some_rows(random, keep, drop)
        before, key = worlds.rows(), drop.pk
        furthest = {event.pk: best_of(event) for event in Event.objects.all()}
        merge(keep, drop)
        after = worlds.rows()
        folds: worlds.Folds = {(Person, key): keep.pk}
        folds |= worlds.doubles(before, Attendee, "person_id", "event_id", of=folds)
        folds |= worlds.doubles(before, Delegate, "person_id", "delegation_id", of=folds)
        folds |= worlds.doubles(before, Nominee, "person_id", "application_id", of=folds)
        folds |= worlds.doubles(before, RosterAttendee, "attendee_id", of=folds)
        assert worlds.faults(before, after, folds) == []
        assert {event.pk: best_of(event) for event in Event.objects.all()} == furthest
        assert {row.target for row in Evidence.objects.all()} <= {keep}
        connection.check_constraints()
        transaction.set_rollback(True)


def best_of(event: Event) -> Counter[str]:
    """Return what a merger must not lose: a seat, a check-in, the head of a delegation."""
    theirs = event.attendees.filter(person__family_name="Lee")
    return Counter(
        seat=theirs.filter(seat="confirmed").exists(),
        there=theirs.filter(attendance__in=["checked_in", "attended"]).exists(),
        head=theirs.filter(role="head").exists(),
    )


# --- erasing ---


def canary(**columns: Any) -> Person:
    """Return a person with unique values, which are recognised wherever they turn up."""
    values = {
        "slug": "canary-slug",
        "family_name": "Canaryfamily",
        "given_name": "Canarygiven",
        "western_name": "Canarywestern",
        "honorific": "Canaryhonour",
        "salutation_en": "Canarysalutation",
        "salutation_zh_hant": "金絲雀",
        "email": "canary@example.org",
        "phone": "+canary",
        "language": "zh-hant",
        "timezone": "Asia/Hong_Kong",
        "name_zh_hans": "金丝雀",
        "name_zh_hant": "金絲雀",
        "aliases": ["Canaryalias"],
    }
    return factories.person(**{**values, **columns})


def canaries() -> list[Any]:
    """Return all tables and columns that contain a value of the canary, also histories and logs."""
    marks = ("canary", "金丝雀", "金絲雀", r"\u91d1")
    return [
        (model.__name__, name, value)
        for model in apps.get_models(include_auto_created=True)
        for row in QuerySet[Any](model).values()
        for name, value in row.items()
        if any(mark in str(value).lower() for mark in marks)
    ]


def cage() -> tuple[Person, Attendee, Delegate]:
    """Return a person with rows of all kinds, each of which contains one of their values."""
    person = canary()
    person.email = "canary.other@example.org"
    person.save()
    words = {"label_en": "canary label", "label_zh_hans": "金丝雀", "label_zh_hant": "金絲雀"}
    attendee = factories.attendee(person=None, **words)
    attendee.person, attendee.notes, attendee.language = person, "Canary notes", "zh-hant"
    attendee.save()
    body = delegation()
    member = Delegate.objects.create(delegation=body, person=None, **words)
    member.person = person
    member.save()
    Nominee.objects.create(application=application(body), person=person, **words)
    Appointment.objects.create(person=person, title_en="Canary office")
    evidence(person, note="Canary note")
    evidence(person, basis="outside", source=None, line=None, reference="canary.example.org")
    factories.user(person=person)
    Entry.objects.create(key="people/somebody", target=person, loaded={"family_name": "Canary"})
    delivery(attendee, state="failed", detail="550 <canary@example.org> unknown")
    log(person, '[{"added": {"name": "appointment", "object": "Canary office"}}]')
    log(attendee, "[]")
    message = '[{"added": {"name": "attendee", "object": "\\u91d1\\u4e1d\\u96c0"}}]'
    log(attendee.event, message)
    return person, attendee, member


def log(row: Any, message: str) -> None:
    LogEntry.objects.create(
        user=factories.user(),
        content_type=ContentType.objects.get_for_model(row),
        object_id=str(row.pk),
        object_repr=str(row),
        action_flag=CHANGE,
        change_message=message,
    )


def erase(person: Person) -> None:
    people.erase(person=person, now=NOW)


@pytest.mark.parametrize("kept", [Attendee, Delegate])
def test_the_histories_of_all_apps_are_known_to_point_at_people(kept: type[Model]) -> None:
    changes = history_of(kept)
    assert changes is not None
    assert changes.model in [column.model for column in merging.references(Person)]


def test_an_erased_person_is_nowhere_any_more() -> None:
    person, _attendee, _member = cage()
    assert len({(table, name) for table, name, _value in canaries()}) > 40
    erase(person)
    assert canaries() == []
    person = Person.objects.get(pk=person.pk)
    assert (str(person), person.erased_at) == ("Erased person", NOW)
    assert (person.language, person.timezone, person.aliases) == ("", "", [])
    assert list(person.appointments.all()) == list(person.evidence.all()) == []
    assert not hasattr(person, "user")


def test_what_is_counted_stays() -> None:
    person, attendee, member = cage()
    firm = factories.organisation()
    Attendee.objects.filter(pk=attendee.pk).update(representing=firm, seat="confirmed")
    sent = delivery(attendee, state="sent")
    before = worlds.rows()
    erase(person)
    after = worlds.rows()
    assert {row[0].__name__ for row in set(before) ^ set(after)} == {"Appointment", "Evidence"}
    for row in (attendee, member, sent):
        row.refresh_from_db()
        assert row.person == person
    assert (attendee.partstat, attendee.seat, attendee.representing) == (
        "accepted", "confirmed", firm,
    )  # fmt: skip
    assert sent.state == "sent"


def test_waiting_mail_to_an_erased_person_is_called_back() -> None:
    person = john()
    attendee = factories.attendee(person=person)
    waiting = delivery(attendee)
    token = uuid4()
    held = delivery(
        attendee, state="leased", lease_token=token, lease_until=NOW + timedelta(minutes=2)
    )
    erase(person)
    for row in (waiting, held):
        row.refresh_from_db()
        assert (row.state, row.claim_at, row.lease_token) == ("cancelled", None, None)


@pytest.mark.django_db(transaction=True)
def test_copies_of_mail_are_removed_from_the_folder(settings: Any, tmp_path: Any) -> None:
    settings.MAIL_FOLDER = tmp_path
    person = john()
    mine = delivery(factories.attendee(person=person), state="sent")
    other = delivery(factories.attendee(), state="sent")
    for row in (mine, other):
        (tmp_path / f"{row.public_uuid}.eml").write_text("To: somebody")
    delivery(mine.attendee, state="sent")  # its copy was never written
    erase(person)
    assert [path.stem for path in tmp_path.iterdir()] == [str(other.public_uuid)]


def test_erasing_twice_changes_nothing() -> None:
    person, _attendee, _member = cage()
    erase(person)
    before = worlds.rows(), history_of(Person).count()
    people.erase(person=Person.objects.get(pk=person.pk), now=NOW + timedelta(days=1))
    assert (worlds.rows(), history_of(Person).count()) == before


def test_saving_an_erased_person_brings_no_name_back() -> None:
    person = john()
    erase(person)
    person.save()
    person.refresh_from_db()
    assert (person.name_en, person.sort_key, person.search_key) == ("Erased person", "", "")
    assert list(Person.objects.matching("erased")) == []


def test_the_label_is_read_in_three_languages() -> None:
    person = john()
    erase(person)
    names = (person.name_en, person.name_zh_hans, person.name_zh_hant)
    assert names == ("Erased person", "已匿名人士", "已匿名人士")


def test_what_was_merged_into_an_erased_person_is_erased_too() -> None:
    first, second, third = john(), canary(), canary(slug="canary-too", phone="")
    event = factories.event()
    for person in (second, third):
        factories.attendee(event=event, person=person, notes="canary")
    merge(second, third)
    merge(first, second)
    assert canaries()
    erase(first)
    assert canaries() == []


def test_another_of_the_same_event_is_left_alone() -> None:
    person, attendee, _member = cage()
    other = factories.attendee(event=attendee.event, notes="Window seat", label_en="Guest 2")
    guest = factories.attendee(event=attendee.event, invited_by=person, notes="Aisle seat")
    erase(person)
    for row, notes in ((other, "Window seat"), (guest, "Aisle seat")):
        row.refresh_from_db()
        assert row.notes == notes
    assert other.label_en == "Guest 2"
    assert history_of(Attendee).get(id=other.pk).notes == "Window seat"


def test_erasing_costs_as_many_queries_for_30_rows_as_for_1(
    django_assert_max_num_queries: Any,
) -> None:
    counts = []
    for size in (1, 30):
        person = john()
        for _ in range(size):
            delivery(factories.attendee(person=person))
            Appointment.objects.create(person=person, title_en="Adviser")
        with django_assert_max_num_queries(200) as asked:
            erase(person)
        counts.append(len(asked))
    assert counts[0] == counts[1]


# --- offices ---


def test_offices_are_those_of_the_day_the_highest_first() -> None:
    person = john()
    spans = {
        "past": (None, date(2026, 5, 31), 9),
        "from today": (date(2026, 6, 1), None, 1),
        "to today": (date(2020, 1, 1), date(2026, 6, 1), 2),
        "open": (None, None, 3),
        "future": (date(2026, 6, 2), None, 9),
    }
    for title, (first, last, rank) in spans.items():
        Appointment.objects.create(
            person=person, title_en=title, valid_from=first, valid_to=last, rank=rank
        )
    held = person.appointments.on(date(2026, 6, 1))
    assert [office.title for office in held] == ["open", "to today", "from today"]


# --- at the same time ---


def get(row: Any) -> Any:
    return type(row)._default_manager.get(pk=row.pk)


@race
@pytest.mark.django_db(transaction=True)
def test_two_who_merge_the_same_records_at_once_lose_nothing() -> None:
    first, second = john(), john()
    events = [factories.event() for _ in range(3)]
    for event in events:
        for person in (first, second):
            factories.attendee(event=event, person=person)
    there, back = (get(first), get(second)), (get(second), get(first))
    errors = at_once(lambda: merge(*there), lambda: merge(*back))
    assert [type(error) for error in errors] == [Person.DoesNotExist]
    (left,) = Person.objects.all()
    assert [event.attendees.get().person for event in events] == [left] * 3


@race
@pytest.mark.django_db(transaction=True)
def test_an_answer_given_during_a_merger_is_not_lost() -> None:
    event, keep, drop = factories.event(capacity=1), john(), john()
    factories.attendee(event=event, person=keep, partstat="needs_action")
    double = factories.attendee(event=event, person=drop, partstat="needs_action")

    def accept() -> None:
        attendees.answer(attendee=double, partstat=Attendee.Partstat.ACCEPTED, now=NOW)

    merged, answered = outcomes(lambda: merge(keep, drop), accept)
    assert merged is None
    assert answered is None or type(answered) is Attendee.DoesNotExist
    row = event.attendees.get()
    stands = ("needs_action", "none") if answered else ("accepted", "confirmed")
    assert (row.person, row.partstat, row.seat) == (keep, *stands)


@race
@pytest.mark.django_db(transaction=True)
def test_who_invites_a_record_that_goes_meanwhile_fails_or_invites_the_other() -> None:
    event, keep, drop = factories.event(), john(), john()

    def invite() -> None:
        attendees.invite(event=event, person=drop, now=NOW)

    merged, invited = outcomes(lambda: merge(keep, drop), invite)
    assert None in (merged, invited)
    people_there = [row.person for row in event.attendees.all()]
    if merged is None:
        assert people_there == ([keep] if invited is None else [])
    else:
        assert (type(merged), people_there) == (IntegrityError, [drop])
