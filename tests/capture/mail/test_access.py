"""Who may deliver."""

import pytest

from muniment.capture.mail.access import AllowList
from muniment.core.errors import WrongUseError


@pytest.mark.parametrize("peer", ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8::1", "fe80::1%eth0"])
def test_hosts_of_a_listed_network_may(peer: str) -> None:
    assert AllowList(["192.0.2.0/24", "2001:db8::/32", "fe80::/10"]).allows(peer)


@pytest.mark.parametrize("peer", ["192.0.3.1", "::1", "", "not an address", "/run/socket"])
def test_nobody_else_may(peer: str) -> None:
    assert not AllowList(["192.0.2.0/24"]).allows(peer)
    assert not AllowList([]).allows(peer)


def test_a_network_that_is_none_is_named() -> None:
    with pytest.raises(WrongUseError, match=r"192\.0\.2\.1/24"):
        AllowList(["192.0.2.1/24"])
