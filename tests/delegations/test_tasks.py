"""The task that ends acceptances that were not confirmed in time."""

from datetime import timedelta

import pytest

from delegations import tasks
from delegations.models import Application
from events.models.base import clock
from tests import factories

pytestmark = pytest.mark.django_db


def test_what_was_not_confirmed_by_now_lapses() -> None:
    moment = timedelta(minutes=1)
    late, early = (
        factories.application(status="accepted", confirm_by=clock.now() + shift)
        for shift in (-moment, moment)
    )
    tasks.lapse_applications(unknown="keyword")
    found = Application.objects.order_by("pk").values_list("pk", "status")
    assert list(found) == [(late.pk, "lapsed"), (early.pk, "accepted")]
