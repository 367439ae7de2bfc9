"""Ports come in pairs, and rest."""

import socket

import pytest

from muniment.capture.calls.rtp.port_pool import PortPool
from muniment.core.errors import NotAvailableError


def pool(quarantine: float = 30.0) -> PortPool:
    return PortPool("127.0.0.1", 22_801, 22_806, room=65_536, quarantine=quarantine)


def test_pairs_begin_at_an_even_port_and_rest_after_use() -> None:
    it = pool()
    pairs = [it.take(0.0), it.take(0.0)]
    assert [pair.port for pair in pairs] == [22_802, 22_804]
    assert [pair.control.getsockname()[1] for pair in pairs] == [22_803, 22_805]
    assert it.room >= 65_536
    with pytest.raises(NotAvailableError):
        it.take(0.0)
    it.give_back(pairs[0], 10.0)
    assert it.free(39.0) == 0
    assert it.take(40.0).port == 22_802
    pairs[1].close()


def test_ports_of_others_are_passed_over() -> None:
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as other:
        other.bind(("127.0.0.1", 22_803))
        pair = pool().take(0.0)
        assert pair.port == 22_804
        pair.close()


def test_an_address_that_is_not_ours_is_said_so() -> None:
    with pytest.raises(NotAvailableError, match="cannot be opened"):
        PortPool("192.0.2.1", 22_800, 22_810, room=65_536).take(0.0)
