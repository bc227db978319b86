"""The next release can make its dump, because the content is kept up to date."""

import pytest
from django.db.models import Model

from events.models import Attendee, Delivery
from tests.project.former import content

pytestmark = pytest.mark.django_db

COLUMNS = [
    (Attendee, "seat"),
    (Attendee, "partstat"),
    (Attendee, "attendance"),
    (Delivery, "state"),
    (Delivery, "kind"),
]
# States that last only a moment, or arise in the same way as others that are present.
ABSENT = {"sending", "skipped", "followup"}


@pytest.mark.thorough
def test_an_office_is_made_with_rows_in_every_state() -> None:
    calendars = content.make()
    assert len(calendars) == 6
    for model, column in COLUMNS:
        assert _used(model, column) == _known(model, column) - ABSENT


def _used(model: type[Model], column: str) -> set[str]:
    return set(model._default_manager.values_list(column, flat=True))


def _known(model: type[Model], column: str) -> set[str]:
    return {value for value, _label in model._meta.get_field(column).flatchoices}
