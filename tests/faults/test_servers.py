"""Mail servers that refuse, stumble, fall silent or hang up."""

import pytest

from events.domain.delivery import delivery
from events.models import Suppression
from tests.faults.conftest import Post, due, states, wait_until_handed_over

pytestmark = pytest.mark.both_databases

# What becomes of a mail, how often it was in doubt, and how many copies the server accepted.
EXPECTED = {
    "ok": ("sent", 0, 1),
    "slow": ("sent", 0, 1),
    "once.rcpt451": ("sent", 0, 1),
    "once.rcpt421": ("sent", 0, 1),
    "once.data451": ("sent", 0, 1),
    "once.dot451": ("sent", 0, 1),
    "rcpt550": ("failed", 0, 0),
    "data554": ("failed", 0, 0),
    "dot554": ("failed", 0, 0),
    # Accepted, but nobody heard so; dropped, and nobody heard so.
    "once.cut": ("sent", 1, 2),
    "once.lost": ("sent", 1, 1),
    # Cut off in the body; the rest and the dot were on their way already.
    "once.bodycut": ("sent", 1, 1),
    "once.silent": ("sent", 1, 2),
    "cut": ("unknown", 2, 2),
    "lost": ("unknown", 2, 0),
    # Accepted, and then nothing that means yes or no.
    "once.garbage": ("sent", 1, 2),
    "once.odd": ("sent", 1, 2),
    "once.long": ("sent", 1, 2),
    "once.endless": ("sent", 1, 2),
    "garbage": ("unknown", 2, 2),
}
EACH = 1


def test_whatever_a_server_does_no_mail_is_lost_unseen_or_sent_three_times(post: Post) -> None:
    for fault in EXPECTED:
        due(EACH, fault)
    post.start()
    wait_until_handed_over()
    post.drain()
    copies = post.copies()
    found = {
        (address.partition("-")[0], state, doubts, copies[address])
        for address, (state, doubts) in states().items()
    }
    assert found == {(fault, *expected) for fault, expected in EXPECTED.items()}
    assert Suppression.objects.count() == EACH


def test_several_workers_send_each_mail_once(post: Post) -> None:
    due(300)
    for _ in range(3):
        post.start()
    wait_until_handed_over()
    post.drain()
    assert set(states().values()) == {("sent", 0)}
    assert sorted(post.copies().values()) == [1] * 300
    assert delivery.BATCH < 300
