"""Answers that organisers are told of: collected for each organiser and team, then one mail.

Who answers writes a row for each organiser of the event's team, in the transaction that stores the
answer. The rows of one organiser and team fall due together: a few minutes after the first of them,
or in the organiser's next morning. Whatever was answered until then joins the mail. It says what
counts when it leaves, so an answer that was changed is told once, and one that was taken back not
at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Exists, F, OuterRef
from django.db.models.functions import Coalesce

from events.domain import claims
from events.domain.access import redaction
from events.domain.mail import outbox, quiethours
from events.models import AnswerNews, Attendee, Delivery, Membership, Reply, Team, User
from events.models.base.claimable import ClaimableQuerySet
from events.values import dates
from events.values.dates import DAY

AnswerMails = User.AnswerMails
Rows = ClaimableQuerySet[AnswerNews]

WINDOW: Final = timedelta(minutes=5)  # debounce: answers that one mail tells “at once”
MORNING: Final = time(8)  # at the organiser's clock, of the mail once a day
USEFUL_FOR: Final = timedelta(days=3)
ORGANISER: Final = Membership.Role.ORGANISER


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What an attendee has said since the organiser was told last."""

    attendee: Attendee
    before: str
    comments: list[str]

    @property
    def is_changed(self) -> bool:
        return self.attendee.partstat != self.before


def note(*, attendee: Attendee, before: str, now: datetime) -> None:
    """Record an answer for the organisers of the event, in the transaction that stores it.

    `before` is the former answer. Organisers who answer for themselves know their answer.
    """
    team_id = attendee.event.team_id
    if team_id is None:
        return
    organisers = User.objects.filter(
        memberships__team=team_id, memberships__role=ORGANISER, is_active=True
    )
    wanting = organisers.exclude(answer_mails=AnswerMails.NEVER).exclude(person=None)
    others = wanting.exclude(person__email="").exclude(person=attendee.person_id)
    AnswerNews.objects.bulk_create(
        AnswerNews(
            user=user,
            team_id=team_id,
            attendee=attendee,
            before=before,
            at=now,
            claim_at=due_at(user=user, now=now),
        )
        for user in others.select_related("person").order_by("pk")
    )


def due_at(*, user: User, now: datetime) -> datetime:
    """Return when an organiser is told of an answer that comes now."""
    if user.answer_mails == AnswerMails.AT_ONCE:
        return now + WINDOW
    zone = _zone(user)
    today = now.astimezone(dates.zone(zone)).date()
    mornings = (dates.to_utc(today + number * DAY, MORNING, zone) for number in range(2))
    return next(at for at in mornings if at > now)


def replan(*, user: User, now: datetime) -> None:
    """Let the present choice of an organiser count for the answers that they were not told yet."""
    pending = AnswerNews.objects.queued().filter(user=user)
    if user.answer_mails == AnswerMails.NEVER:
        pending.delete()
    else:
        pending.update(claim_at=due_at(user=user, now=now))


def choose(*, user: User, answer_mails: str, now: datetime) -> None:
    """Store how often an organiser wants to be told of answers."""
    user.answer_mails = AnswerMails(answer_mails)
    user.save(update_fields=["answer_mails"])
    replan(user=user, now=now)


def expand_due(*, now: datetime) -> int:
    """Write the mails that are due; return how many.

    The first waiting row of an organiser and team is claimed for all of them, so two workers never
    write two mails.
    """
    waiting = AnswerNews.objects.queued()
    same = waiting.filter(user=OuterRef("user"), team=OuterRef("team"), pk__lt=OuterRef("pk"))
    return claims.each(rows=AnswerNews.objects.exclude(Exists(same)), work=_expand, now=now)


def news_for(*, delivery: Delivery) -> list[News]:
    """Return what a mail tells its reader, as far as they may know it and it is still news."""
    user = reader(delivery=delivery)
    return _news(user, AnswerNews.objects.filter(delivery=delivery)) if user else []


def reader(*, delivery: Delivery) -> User | None:
    """Return the organiser whom a mail is for; None if their login is gone."""
    row = AnswerNews.objects.filter(delivery=delivery).select_related("user__person").first()
    return row.user if row else None


def _expand(row: AnswerNews, now: datetime) -> bool:
    """Plan the mail about all answers that wait for one organiser, if it says anything."""
    waiting = AnswerNews.objects.queued().filter(user=row.user_id, team=row.team_id)
    keys = [row.pk, *waiting.values_list("pk", flat=True)]
    rows = AnswerNews.objects.filter(pk__in=keys)
    found = _news(row.user, rows)
    if not found or row.user.person is None or not row.user.person.email:
        rows.delete()
        return False
    mail = _mail(row, found, now)
    outbox.put(rows=[mail])
    planned = Delivery.objects.get(dedup_key=mail.dedup_key)
    rows.update(delivery=planned, claim_at=None)
    return True


def _mail(row: AnswerNews, found: list[News], now: datetime) -> Delivery:
    """Return the unsaved mail; its `event` is the first of those that it tells of."""
    until, person = now + USEFUL_FOR, row.user.person
    return Delivery(
        kind=Delivery.Kind.ANSWERS,
        person=person,
        event=found[0].attendee.event,
        team_id=row.team_id,
        dedup_key=outbox.dedup_key(Delivery.Kind.ANSWERS, row.user_id, row.pk),
        due_at=now,
        expires_at=until,
        claim_at=quiethours.sending_at(
            at=now, useful_until=until, team=row.team, zone=_zone(row.user)
        ),
    )


def _zone(user: User) -> str:
    return user.timezone or (user.person.timezone if user.person else "") or settings.TIME_ZONE


def _news(user: User, rows: Rows) -> list[News]:
    """Return what is news for an organiser, by event in the order of time.

    Whoever they may not see has no name in it.
    """
    if user.answer_mails == AnswerMails.NEVER:
        return []
    earliest: dict[int, AnswerNews] = {}
    for row in _known(user, rows).order_by("pk"):
        earliest.setdefault(row.attendee_id, row)
    there = [row.attendee for row in earliest.values()]
    others = [other for attendee in there for other in attendee.substitutes.all()]
    redaction.hide(user=user, rows=[*there, *others], loaded=True)
    comments = _comments(earliest.values())
    news = (
        News(attendee=row.attendee, before=row.before, comments=comments.get(key, []))
        for key, row in earliest.items()
    )
    return sorted((each for each in news if each.is_changed or each.comments), key=_place_in_time)


def _known(user: User, rows: Rows) -> Rows:
    """Return the rows about attendees whom the organiser sees, and was not told of since."""
    told = Delivery.objects.out().filter(
        answers__user=user,
        answers__attendee=OuterRef("attendee"),
        sent_at__gt=OuterRef("at"),
    )
    told = told.exclude(pk=Coalesce(OuterRef("delivery"), 0))
    known = rows.filter(
        ~Exists(told),
        attendee__in=Attendee.objects.visible_to(user),
        attendee__event__team__in=Team.objects.of(user, ORGANISER),
        attendee__event__team=F("team"),
    )
    shown = known.select_related("attendee__person", "attendee__event", "attendee__representing")
    return shown.prefetch_related("attendee__substitutes__person")


def _comments(rows: Iterable[AnswerNews]) -> dict[int, list[str]]:
    """Return what guests wrote with their answers by mail, by attendee.

    A reply that was set aside may be somebody else's, until an organiser has applied it.
    """
    since = {row.attendee_id: row.at for row in rows}
    replies = Reply.objects.filter(attendee__in=since, state=Reply.State.APPLIED)
    replies = replies.exclude(comment="").order_by("pk")
    found: dict[int, list[str]] = {}
    for reply in replies:
        key = reply.attendee_id
        if key is not None and reply.settled_at and reply.settled_at >= since[key]:
            found.setdefault(key, []).append(reply.comment)
    return found


def _place_in_time(news: News) -> tuple[bool, float, int, int]:
    event = news.attendee.event
    starts = event.start_at.timestamp() if event.start_at else 0.0
    return event.start_at is None, starts, event.pk, news.attendee.pk
