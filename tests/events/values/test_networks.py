"""The client's network, as far as it cannot be forged."""

import pytest

from events.values import networks


def caller(claimed: str, proxies: int, remote: str = "198.51.100.7") -> str:
    environ = {"REMOTE_ADDR": remote, "HTTP_X_FORWARDED_FOR": claimed}
    return networks.of_caller(environ=environ, proxies=proxies)


def test_without_a_proxy_what_is_claimed_counts_for_nothing() -> None:
    assert caller("203.0.113.9", proxies=0) == "198.51.100.7"
    assert networks.of_caller(environ={"REMOTE_ADDR": "198.51.100.7"}, proxies=0) == "198.51.100.7"


@pytest.mark.parametrize("claimed", ["", "192.0.2.1, ", "a, b, ", "192.0.2.1,192.0.2.2,"])
def test_it_is_whom_the_first_proxy_of_ours_has_heard(claimed: str) -> None:
    assert caller(f"{claimed}203.0.113.9", proxies=1) == "203.0.113.9"
    assert caller(f"{claimed}203.0.113.9, 192.0.2.80", proxies=2) == "203.0.113.9"


@pytest.mark.parametrize("claimed", ["", "rubbish", "203.0.113.9, rubbish", "unknown", "1.2.3"])
def test_what_is_no_address_is_passed_over(claimed: str) -> None:
    assert caller(claimed, proxies=1) == "198.51.100.7"


def test_who_came_around_a_proxy_is_whom_we_have_heard_ourselves() -> None:
    assert caller("203.0.113.9", proxies=2) == "198.51.100.7"


def test_a_whole_network_of_version_6_is_one_caller() -> None:
    first, second = (caller("", 0, f"2001:db8:1:2:{n}::1") for n in ("3", "ffff"))
    assert first == second == "2001:db8:1:2::/64"
    assert caller("", 0, "2001:db8:1:3::1") == "2001:db8:1:3::/64"
    assert caller("", 0, "::1") == "::/64"


def test_version_4_within_version_6_is_version_4() -> None:
    assert caller("", 0, "::ffff:192.0.2.1") == "192.0.2.1"


def test_a_unix_socket_has_no_address() -> None:
    assert caller("", 0, "") == ""
