"""Rosters: who travels, and therefore attends the mission and its legs."""

from django.db import transaction

from delegations.models import Delegate, Delegation
from events.models import Attendee, Event

ROLES = {
    Delegate.Capacity.HEAD: Attendee.Role.HEAD,
    Delegate.Capacity.DEPUTY: Attendee.Role.DEPUTY,
    Delegate.Capacity.INTERPRETER: Attendee.Role.INTERPRETER,
    Delegate.Capacity.MEDIA: Attendee.Role.MEDIA,
}


@transaction.atomic
def sync(*, delegation: Delegation) -> None:
    """Make each named member an attendee of the mission and of the stays of their legs."""
    stays = {leg.pk: leg.stay for leg in delegation.legs.select_related("stay")}
    members = delegation.delegates.exclude(person=None).prefetch_related("legs")
    for member in members.order_by("precedence", "pk"):
        chosen = [stays[leg.pk] for leg in member.legs.all()] or list(stays.values())
        for event in filter(None, (delegation.mission, *chosen)):
            _attend(event, member)


def _attend(event: Event, member: Delegate) -> None:
    Attendee.objects.get_or_create(
        event=event,
        person=member.person,
        defaults={
            "role": ROLES.get(Delegate.Capacity(member.capacity), Attendee.Role.DELEGATE),
            "representing": member.organisation,
            "appointment": member.appointment,
            "position": member.precedence or member.pk,
        },
    )
