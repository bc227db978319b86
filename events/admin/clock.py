"""The clock of the admin: this moment where the user is."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import HttpRequest
from django.utils import timezone


def local_now(request: HttpRequest) -> datetime:
    """Return this moment in the time zone of the user, whose date is their today."""
    zone = getattr(request.user, "timezone", "") or settings.TIME_ZONE
    return timezone.now().astimezone(ZoneInfo(zone))
