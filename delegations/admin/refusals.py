"""The sentences of refusals about delegations."""

from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from delegations.domain.applications import applications
from delegations.domain.lifecycle import lifecycle
from delegations.domain.rosters import legs, rosters
from events.admin.kit.refusals import sentence
from events.domain.pages import formatting

MISSING = {
    "deadline": _("a deadline for applications, known to the day"),
    "quota": _("a quota"),
    "purpose": _("a purpose"),
    "head": _("a head of delegation"),
    "leg": _("a leg"),
    "decisions": _("decisions on all applications"),
}


def days(span: legs.Span) -> str:
    return formatting.days(*span)


@sentence.register
def _not_allowed(refusal: lifecycle.NotAllowed) -> str:
    words = {"name": refusal.delegation, "state": refusal.delegation.get_status_display()}
    return gettext("“%(name)s” is %(state)s, so this is not possible.") % words


@sentence.register
def _incomplete(refusal: lifecycle.Incomplete) -> str:
    missing = gettext(", ").join(str(MISSING[name]) for name in refusal.missing)
    return gettext("“%(title)s” still needs: %(missing)s.") % {
        "title": refusal.delegation,
        "missing": missing,
    }


@sentence.register
def _deadline_passed(refusal: lifecycle.DeadlinePassed) -> str:
    return gettext("The deadline for applications is over; give it a later one first.")


@sentence.register
def _not_over(refusal: lifecycle.NotOver) -> str:
    return gettext("The mission is not over yet.")


@sentence.register
def _attendance_open(refusal: lifecycle.AttendanceOpen) -> str:
    names = gettext(", ").join(str(attendee) for attendee in refusal.attendees)
    return gettext("Say first whether these attended the mission: %(names)s.") % {"names": names}


@sentence.register
def _no_reason(refusal: lifecycle.NoReason | applications.NoReason) -> str:
    return gettext("Give a reason.")


@sentence.register
def _application_not_allowed(refusal: applications.NotAllowed) -> str:
    words = {"name": refusal.application, "state": refusal.application.get_status_display()}
    return gettext("The application of %(name)s is %(state)s, so this is not possible.") % words


@sentence.register
def _call_closed(refusal: applications.CallClosed) -> str:
    text = gettext("“%(name)s” takes no applications: its call is not open, or its deadline over.")
    return text % {"name": refusal.delegation}


@sentence.register
def _already_applied(refusal: applications.AlreadyApplied) -> str:
    return gettext("This organisation has an application already.")


@sentence.register
def _no_nominees(refusal: applications.NoNominees) -> str:
    return gettext("Propose at least one member, named or not.")


@sentence.register
def _too_soon(refusal: applications.TooSoon) -> str:
    return gettext("The time to confirm must lie ahead.")


@sentence.register
def _lapsed(refusal: applications.Lapsed) -> str:
    return gettext("The time to confirm is over.")


@sentence.register
def _seats_left(refusal: applications.SeatsLeft) -> str:
    return gettext("There are seats for them, so there is nothing to wait for: accept them.")


@sentence.register
def _no_seats_left(refusal: applications.NoSeatsLeft | rosters.NoSeatsLeft) -> str:
    text = gettext("The seats do not suffice: %(needed)s would be needed.")
    return text % {"needed": refusal.needed}


@sentence.register
def _closed(refusal: rosters.Closed | legs.Closed) -> str:
    words = {"name": refusal.delegation, "state": refusal.delegation.get_status_display()}
    return gettext("“%(name)s” is %(state)s; its roster and legs stay as they are.") % words


@sentence.register
def _no_head(refusal: rosters.NoHead) -> str:
    return gettext("A confirmed delegation has a head; make somebody else the head first.")


@sentence.register
def _two_heads(refusal: rosters.TwoHeads) -> str:
    names = gettext(", ").join(str(head) for head in refusal.heads)
    return gettext("A delegation has one head; these would be several: %(names)s.") % {
        "names": names
    }


@sentence.register
def _too_many_of(refusal: rosters.TooManyOf) -> str:
    return gettext("%(organisation)s would have %(needed)s members, more than its quota.") % {
        "organisation": refusal.organisation,
        "needed": refusal.needed,
    }


@sentence.register
def _already_member(refusal: rosters.AlreadyMember | rosters.AlreadyNamed) -> str:
    return gettext("%(name)s is on the roster already.") % {"name": refusal.delegate}


@sentence.register
def _not_a_member(refusal: rosters.NotAMember) -> str:
    return gettext("%(name)s belongs to another delegation.") % {"name": refusal.delegate}


@sentence.register
def _foreign_leg(refusal: rosters.ForeignLeg) -> str:
    return gettext("The leg “%(leg)s” belongs to another delegation.") % {"leg": refusal.leg}


@sentence.register
def _overlap(refusal: legs.Overlap) -> str:
    text = gettext("Two legs share more than a day of travel: %(one)s and %(other)s.")
    return text % {"one": days(refusal.one), "other": days(refusal.other)}


@sentence.register
def _outside_mission(refusal: legs.OutsideMission) -> str:
    text = gettext("A leg lies outside the days of the mission: %(days)s.")
    return text % {"days": days(refusal.span)}


@sentence.register
def _no_zone(refusal: legs.NoZone) -> str:
    text = gettext("Nobody knows the time zone of %(place)s; write it on the page of the place.")
    return text % {"place": refusal.place}


@sentence.register
def _only_leg_of(refusal: legs.OnlyLegOf) -> str:
    text = gettext("“%(leg)s” is the only leg of %(names)s; give them another first.")
    return text % {"leg": refusal.leg, "names": gettext(", ").join(map(str, refusal.members))}
