"""Why a member of the staff sees little: no team, no person behind the login, no assignment."""

from enum import Enum, auto

from events.models import Membership, User
from events.models.base.teams import sees_all, teams_of
from events.models.events.events import days_served_by, in_legs_of


class Lack(Enum):
    """What is missing before a user sees rows of a team."""

    TEAM = auto()
    PERSON = auto()
    ASSIGNMENT = auto()


def lack(*, user: User) -> Lack | None:
    """Return what the user lacks, or None.

    Liaison officers and secretaries see what the person of their login attends in that role, so
    without a person they see nothing. Organisers and viewers of another team see that team.
    """
    if sees_all(user):
        return None
    if not teams_of(user):
        return Lack.TEAM
    if not teams_of(user, *Membership.NEEDS_PERSON):
        return None
    if user.person_id is None:
        return Lack.PERSON
    sees_more = teams_of(user, Membership.Role.ORGANISER, Membership.Role.VIEWER)
    is_assigned = sees_more or in_legs_of(user) or days_served_by(user)
    return None if is_assigned else Lack.ASSIGNMENT
