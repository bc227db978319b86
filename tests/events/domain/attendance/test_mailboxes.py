"""The mailbox for replies, read from a real IMAP server."""

from collections.abc import Iterator

import pytest
from pytest_django import Settings

from events.domain.attendance import mailboxes, replymails
from events.models import Attendee, Reply
from tests import factories
from tests import replymails as mails
from tests.imap import Mailbox, mailbox
from tests.smtp import free_port

pytestmark = pytest.mark.django_db

NOW = mails.NOW


@pytest.fixture
def box() -> Iterator[Mailbox]:
    with mailbox() as here:
        yield here


@pytest.fixture(autouse=True)
def attendee(settings: Settings) -> Attendee:
    settings.UID_HOST = "attache.example"
    return factories.attendee(partstat="needs_action")


def test_what_is_new_is_read_and_marked(box: Mailbox, attendee: Attendee) -> None:
    box.put(mails.gmail(mails.of(attendee)), b"Subject: Hello\r\n\r\nHello")
    assert mailboxes.read(url=box.url, now=NOW) == 2
    assert box.seen == {1, 2}
    attendee.refresh_from_db()
    assert attendee.partstat == "accepted"
    assert mailboxes.read(url=box.url, now=NOW) == 0
    assert Reply.objects.count() == 2


def test_what_was_read_but_not_marked_counts_once(box: Mailbox, attendee: Attendee) -> None:
    box.put(mails.gmail(mails.of(attendee)))
    mailboxes.read(url=box.url, now=NOW)
    box.seen.clear()
    mailboxes.read(url=box.url, now=NOW)
    assert Reply.objects.count() == 1


def test_of_what_is_too_large_only_the_head_is_read(box: Mailbox) -> None:
    box.put(b"Subject: Holiday film\r\n\r\n" + b"x" * (2 * replymails.MAX_MAIL_BYTES))
    assert mailboxes.read(url=box.url, now=NOW) == 1
    assert Reply.objects.values_list("subject", "reason").get() == ("Holiday film", "too_large")


def test_an_empty_mailbox(box: Mailbox) -> None:
    assert mailboxes.read(url=box.url, now=NOW) == 0


def test_a_wrong_password_or_folder_is_told_without_the_password(box: Mailbox) -> None:
    for url in (box.url.replace("se%20cret", "wr0ng"), box.url.replace("Answers", "Others")):
        with pytest.raises(mailboxes.NotAnswered) as caught:
            mailboxes.read(url=url, now=NOW)
        assert "wr0ng" not in str(caught.value)
        assert "se cret" not in str(caught.value)


def test_nobody_there() -> None:
    with pytest.raises(mailboxes.NotAnswered):
        mailboxes.read(url=f"imap://a:b@127.0.0.1:{free_port()}/", now=NOW)


def test_who_offers_no_encryption_gets_no_password(box: Mailbox) -> None:
    for scheme in ("imap+tls", "imap+ssl"):
        with pytest.raises(mailboxes.NotAnswered):
            mailboxes.read(url=box.url.replace("imap", scheme, 1), now=NOW)


@pytest.mark.parametrize("url", ["", "imap://", "http://x.example", "imap+ssl://x:port/"])
def test_what_is_no_address(url: str) -> None:
    with pytest.raises(mailboxes.BadAddress):
        mailboxes.parse(url=url)


def test_an_address_in_its_parts() -> None:
    assert mailboxes.parse(url="imap+ssl://a%40x:p%2Fw@mail.example") == mailboxes.Mailbox(
        scheme="imap+ssl", host="mail.example", port=993, user="a@x", password="p/w", folder="INBOX"
    )
