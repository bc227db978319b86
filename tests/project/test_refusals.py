"""Every refusal has a sentence in three languages; other exceptions are faults."""

from collections.abc import Iterator, Sequence
from dataclasses import fields
from datetime import date
from importlib import import_module
from pkgutil import walk_packages
from types import ModuleType
from typing import Any

import pytest
from django.contrib import admin
from django.db import IntegrityError, models
from django.test import RequestFactory
from django.utils.translation import gettext, override
from rest_framework.request import Request

import delegations.domain
import events.domain
from delegations.models import Application, Delegate, Delegation, Leg
from events.admin.kit.steps import Step, StepForm
from events.api import errors
from events.domain.attendance import attendees
from events.domain.directory.organisations import Circle
from events.domain.ical import parsing
from events.domain.lifecycle.clones import EditionTaken
from events.domain.programme import tree
from events.domain.refusals import Refusal
from events.models import Attendee, Delivery, Event, EventSeries, Organisation, Person, Place, Reply
from events.models import Team as Desk
from tests import factories
from tests.events.admin import screens
from tests.factories import NOW, days
from tests.office import Office

LANGUAGES = ["en", "zh-hans", "zh-hant"]


def load(package: ModuleType) -> None:
    for module in walk_packages(package.__path__, f"{package.__name__}."):
        import_module(module.name)


def subclasses(refusal: type[Refusal]) -> Iterator[type[Refusal]]:
    for subclass in refusal.__subclasses__():
        yield subclass
        yield from subclasses(subclass)


load(events.domain)
load(delegations.domain)
REFUSALS = [one for one in subclasses(Refusal) if hasattr(one, "text")]
# The model whose state forbids a step, by the last part of the module's name.
ROWS = {
    "applications": Application,
    "attendees": Attendee,
    "outbox": Delivery,
    "replies": Reply,
    "steps": Event,
}


def made(refusal: type[Refusal]) -> Refusal:
    """Return a refusal of this class, about existing rows."""
    return refusal(**{field.name: value(refusal, field) for field in fields(refusal)})  # type: ignore[arg-type]


def value(refusal: type[Refusal], field: Any) -> Any:
    app, *_, module = refusal.__module__.split(".")
    if field.name == "row":
        lives = Delegation if app == "delegations" else Event
        return row(ROWS.get(module, lives))
    if field.name == "missing":
        return tuple(import_module(refusal.__module__).MISSING)
    if field.name in ("one", "other", "span") and app == "delegations":
        return date(2026, 12, 1), date(2026, 12, 3)
    if field.name == "part_of":
        return [row(Event)]
    plain = {str: "move", int: 3}
    if field.type in plain:
        return plain[field.type]
    if several := getattr(field.type, "__args__", ()):
        return [row(several[0])]
    return row(field.type)


def row(model: Any) -> Any:
    desk = Desk.objects.first() or factories.team()
    makers = {
        Application: lambda: screens.application(desk, "Firm"),
        Attendee: lambda: screens.attendee(desk, "Chan", checked_in_at=NOW),
        Delegate: lambda: screens.delegate(screens.delegation(desk, "Mission"), "Chan"),
        Delegation: lambda: screens.delegation(desk, "Mission"),
        Delivery: lambda: screens.delivery(desk, "Chan"),
        Event: lambda: screens.event(desk, "Expo"),
        EventSeries: lambda: screens.series(desk, "Expo"),
        models.Model: lambda: screens.event(desk, "Expo"),
        Leg: lambda: screens.leg(screens.delegation(desk, "Mission"), "Doha"),
        Organisation: lambda: screens.organisation(desk, "Agency"),
        Person: lambda: screens.person(desk, "Chan"),
        Place: lambda: screens.place(desk, "Doha"),
        Reply: lambda: screens.reply(desk, "Chan"),
    }
    return makers[model]() if model in makers else NOW


def test_no_refusal_goes_without_a_sentence() -> None:
    silent = {one for one in subclasses(Refusal) if not hasattr(one, "text")}
    assert {one for one in silent if not one.__subclasses__()} == set()
    assert len(REFUSALS) > 50


@pytest.mark.parametrize("refusal", REFUSALS, ids=lambda one: f"{one.__module__}.{one.__name__}")
def test_each_fills_its_blanks_in_three_languages(db: None, refusal: type[Refusal]) -> None:
    one, said = made(refusal), {}
    texts = [text for name, text in vars(refusal).items() if name.startswith("text")]
    for language in LANGUAGES:
        with override(language):
            said[language] = one.sentence(user=None)
            assert language == "en" or texts != [gettext(text) for text in texts] or not texts
    assert len(set(said.values())) == len(LANGUAGES)
    assert not any("%(" in sentence for sentence in said.values())


def test_a_hub_a_line_and_a_thing_apart_have_sentences_of_their_own(db: None) -> None:
    hub = factories.hub(place=factories.place(name="Manila"))
    full = attendees.NoPlaceLeft(factories.attendee(event=hub.event, hub=hub))
    assert full.sentence(user=None).endswith(": no seat is left in Manila.")
    assert parsing.LineTooLong(7).sentence(user=None) == (
        "A line of the calendar is too long. See line 7."
    )


def test_a_row_that_the_reader_may_not_see_has_no_name(db: None) -> None:
    ours, theirs = factories.team(), factories.team()
    user = factories.user(member_of=ours)
    hidden: Sequence[Refusal] = [
        tree.ParentOff(screens.event(theirs, "CANARY")),
        tree.LegsOverlap(screens.event(theirs, "CANARY")),
        Circle(screens.organisation(theirs, "CANARY")),
        EditionTaken(screens.series(theirs, "CANARY"), 8),
        attendees.Over(screens.attendee(theirs, "CANARY")),
    ]
    for refusal in hidden:
        assert "CANARY" in refusal.sentence(user=None).upper()
        assert "CANARY" not in refusal.sentence(user=user).upper()
        assert "(not visible)" in refusal.sentence(user=user)


def test_who_adds_a_row_knows_its_name(db: None) -> None:
    new = Event(title="Mine", team=factories.team())
    assert "“Mine”" in tree.LegsOverlap(new).sentence(user=factories.user())


def test_a_refusal_keeps_its_parameters_as_exceptions_do() -> None:
    assert parsing.LineTooLong().args == (0,)
    assert str(parsing.LineTooLong(7)) == "7"


def test_a_screen_of_each_app_shows_why(client: Any, db: None) -> None:
    desk = factories.team()
    client.force_login(factories.user(member_of=desk))
    office = Office(client)
    mission = screens.event(desk, "Mission", **days(10, 15))
    leg = {"kind": "leg", "parent": mission}
    doha = screens.event(desk, "Doha", **leg, **days(11, 12))
    screens.event(desk, "Kuwait", **leg, **days(13, 14))
    new = {"start_on": "2026-12-12", "end_on": "2026-12-14"}
    assert office.refused_step(doha, "move", **new) == (
        "Overlaps with “Kuwait”: two legs share a day of travel at most."
    )
    delegation = factories.delegation(team=desk, status="selecting", name_en="Gulf")
    assert office.refused_step(delegation, "confirm") == (
        "“Gulf” still needs: a head of delegation, a leg."
    )


def test_a_database_error_is_not_shown_as_a_refusal(rf: RequestFactory, db: None) -> None:
    event = factories.event()
    fails = Step(
        verb="fail",
        label="Fail",
        icon="",
        noun="event",
        does=lambda event, now: Desk.objects.create(name="x", slug=factories.team(slug="x").slug),
        says="",
    )
    form = StepForm({}, row=event, user=factories.user(is_superuser=True))
    assert form.is_valid()
    screen: Any = admin.site.get_model_admin(Event)
    with pytest.raises(IntegrityError):
        screen.take(rf.post("/"), event, fails, form)


def test_the_api_says_why_in_its_own_language(rf: RequestFactory, db: None) -> None:
    off = tree.ParentOff(factories.event(title="Expo"))
    with override("zh-hans"):
        answer = errors.handle(off, {"request": Request(rf.get("/"))})
    assert answer is not None
    assert answer.status_code == 409
    assert answer.data == {"detail": "“Expo”, which it is part of, is postponed or cancelled."}
