"""Mail servers that refuse, fail, do not reply or close the connection."""

import pytest

from events.domain.delivery import delivery
from events.models import Suppression
from tests.faults.conftest import Post, due, states, wait_until_handed_over

pytestmark = [pytest.mark.both_databases, pytest.mark.faults]

# Fault → final state, unknown_count, and the number of copies that the server has accepted.
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
    # Accepted, but the reply is lost; lost after the dot, and so is the reply.
    "once.cut": ("sent", 1, 2),
    "once.lost": ("sent", 1, 1),
    # The connection is closed in the body, but the rest and the dot had been sent by then.
    "once.bodycut": ("sent", 1, 1),
    "once.silent": ("sent", 1, 2),
    "cut": ("unknown", 2, 2),
    "lost": ("unknown", 2, 0),
    # Accepted, with a reply that means neither yes nor no.
    "once.garbage": ("sent", 1, 2),
    "once.odd": ("sent", 1, 2),
    "once.long": ("sent", 1, 2),
    "once.endless": ("sent", 1, 2),
    "garbage": ("unknown", 2, 2),
}
EACH = 1


@pytest.mark.thorough
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
    assert delivery.BATCH_SIZE < 300
