"""Who may have calls recorded."""

import pytest

from muniment.capture.calls.sip.flows import Flow, Place
from muniment.capture.calls.sources import Sources
from muniment.core.errors import WrongUseError
from tests.capture.calls.client import HERE, source


def flow(host: str, *names: str) -> Flow:
    return Flow("TLS" if names else "UDP", HERE, Place(host, 5060), 1 if names else 0, names)


def test_a_source_is_found_by_its_network() -> None:
    sources = Sources(
        (
            source(name="a", networks=("192.0.2.0/25",)),
            source(name="b", networks=("192.0.2.128/25", "2001:db8::/32")),
        )
    )
    for host, name in (
        ("192.0.2.1", "a"),
        ("192.0.2.200", "b"),
        ("2001:db8::5", "b"),
        ("::ffff:192.0.2.1", "a"),
        ("fe80::1%eth0", ""),
        ("not an address", ""),
    ):
        found = sources.of(flow(host))
        assert (found.name if found else "") == name
        assert sources.may_connect(host) == bool(name)


def test_a_source_with_names_needs_one_of_them_and_its_network_where_it_has_one() -> None:
    anywhere = Sources((source(networks=(), certificate_names=("SBC.example",)),))
    assert anywhere.of(flow("203.0.113.1", "sbc.example", "other"))
    assert anywhere.of(flow("203.0.113.1", "other")) is None
    assert anywhere.of(flow("203.0.113.1")) is None
    assert anywhere.may_connect("203.0.113.1")
    both = Sources((source(networks=("192.0.2.0/24",), certificate_names=("sbc.example",)),))
    assert both.of(flow("203.0.113.1", "sbc.example")) is None
    assert both.of(flow("192.0.2.1", "sbc.example"))
    assert not both.may_connect("203.0.113.1")


def test_without_sources_nobody_is_listened_to() -> None:
    assert Sources(()).of(flow("127.0.0.1")) is None


def test_hosts_of_a_source_are_those_of_its_networks() -> None:
    one, other = source(name="a", networks=("192.0.2.0/25",)), source(name="b", networks=("192.0.2.128/25",))
    sources = Sources((one, other))
    assert sources.reaches(one, "192.0.2.9")
    assert not sources.reaches(one, "192.0.2.200")


def test_an_odd_network_says_how_to_write_one() -> None:
    with pytest.raises(WrongUseError, match=r"192\.0\.2\.0/24"):
        Sources((source(networks=("192.0.2.1/24",)),))
