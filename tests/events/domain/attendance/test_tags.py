"""Tags of attendees: parsed, put on, taken off, and looked for."""

import pytest

from events.domain.attendance import attendees, tags
from events.domain.reminders import audiences
from events.models import Attendee
from tests import factories

pytestmark = [pytest.mark.both_databases, pytest.mark.django_db]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("press", ["press"]),
        ("press, VIP ,press", ["press", "VIP"]),
        ("媒体\uff0c嘉宾、 front  row", ["媒体", "嘉宾", "front row"]),
        ("a;b\nc", ["a", "b", "c"]),
        (" , ", []),
        ("", []),
    ],
)
def test_commas_of_both_scripts_separate_tags(text: str, found: list[str]) -> None:
    assert tags.parse(text=text) == found


def test_tags_are_put_on_and_taken_off_once() -> None:
    event = factories.event()
    first, second = (factories.attendee(event=event) for _ in range(2))
    Attendee.objects.filter(pk=second.pk).update(tags=["VIP"])
    everybody = Attendee.objects.filter(event=event)
    assert tags.put(on=everybody, tags=["VIP", "媒體"]) == [first, second]
    assert tags.put(on=everybody, tags=["媒體"]) == []
    for row in (first, second):
        row.refresh_from_db()
        assert row.tags == ["VIP", "媒體"]
    assert tags.take_off(of=everybody.filter(pk=first.pk), tags=["VIP", "none"]) == [first]
    assert list(everybody.tagged("VIP")) == [second]
    assert tags.in_use(among=everybody) == ["VIP", "媒體"]


@pytest.mark.parametrize("tag", ["press", "媒體", "it’s “so”", 'a"b', "100%"])
def test_those_who_bear_a_tag_are_found_by_the_whole_of_it(tag: str) -> None:
    row = factories.attendee(tags=["other", tag])
    factories.attendee(tags=[f"{tag} 2"])
    factories.attendee(tags=[])
    assert list(Attendee.objects.tagged(tag)) == [row]


def test_a_guest_is_invited_with_tags_and_a_rule_finds_them() -> None:
    event = factories.event()
    guest = attendees.invite(
        event=event, person=factories.person(), now=factories.NOW, tags=["press"]
    )
    rule = factories.rule(event=event, tag="press")
    assert audiences.of(rule=rule, event=event) == [guest]
