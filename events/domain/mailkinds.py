"""The kinds of mail about events: label, composition, and the check before sending."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from events.domain.attendance import invitations, promotionletters
from events.domain.mail import letters
from events.domain.mail.kinds import Kind
from events.domain.reminders import answerletters, eligibility, noticeletters
from events.models import Delivery

Mail = Delivery.Kind

KINDS: Final = (
    Kind(
        value=Mail.REMINDER, label=_("reminder"),
        compose=letters.reminder, refusal=eligibility.refusal,
        needs_no_check=eligibility.needs_no_check,
    ),
    Kind(
        value=Mail.REQUEST, label=_("invitation"),
        compose=invitations.compose, refusal=invitations.refusal,
    ),
    Kind(
        value=Mail.CANCEL, label=_("end of an invitation"),
        compose=invitations.compose, refusal=invitations.refusal,
    ),
    Kind(
        value=Mail.THANKS, label=_("thanks"),
        compose=letters.reminder, refusal=eligibility.refusal,
    ),
    Kind(
        value=Mail.FOLLOW_UP, label=_("follow-up"),
        compose=letters.reminder, refusal=eligibility.refusal,
    ),
    Kind(
        value=Mail.NOTICE, label=_("notice of changes"),
        compose=noticeletters.notice, refusal=noticeletters.refusal,
    ),
    Kind(
        value=Mail.PROMOTION, label=_("seat that became free"),
        compose=promotionletters.compose, refusal=promotionletters.refusal,
    ),
    Kind(
        value=Mail.ANSWERS, label=_("answers, for organisers"),
        compose=answerletters.compose, refusal=answerletters.refusal,
    ),
)  # fmt: skip
