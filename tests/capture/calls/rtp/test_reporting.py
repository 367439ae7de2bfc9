"""RTCP of one stream: whose reports are believed, and where ours go."""

import socket

from muniment.capture.calls.rtp import rtcp
from muniment.capture.calls.rtp.reporting import Reporter
from muniment.capture.calls.rtp.table import Table


def made() -> tuple[Reporter, socket.socket, list[int]]:
    table = Table()
    row = table.take()
    table.ssrc[row], table.packets[row], table.lost[row], table.high[row] = 7, 90, 10, 500
    media, control = (socket.socket(socket.AF_INET, socket.SOCK_DGRAM) for _ in range(2))
    for each in (media, control):
        each.setblocking(False)
        each.bind(("127.0.0.1", 0))
    noted: list[int] = []
    return (
        Reporter(table, row, 9, "a@b", media, control, lambda report, _: noted.append(report.moment)),
        control,
        noted,
    )


def sender_report(ssrc: int) -> bytes:
    return b"\x80\xc8\0\6" + ssrc.to_bytes(4) + (rtcp.EPOCH << 32).to_bytes(8) + bytes(12)


def test_reports_go_where_theirs_come_from_and_strangers_steer_nothing() -> None:
    reporter, control, noted = made()
    with (
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as phone,
        socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as stranger,
    ):
        for each in (phone, stranger):
            each.bind(("127.0.0.1", 0))
            each.settimeout(5)
        reporter.target = stranger.getsockname()
        reporter.send(1.0, 1)
        stranger.recv(1500)
        assert reporter.due == 6.0
        phone.sendto(sender_report(7), control.getsockname())
        stranger.sendto(sender_report(8), control.getsockname())
        stranger.sendto(b"junk", control.getsockname())
        reporter.read(40_000_000)
        assert noted == [0]
        reporter.send(7.0, 41_000_000)
        answer = phone.recv(1500)
    assert int.from_bytes(answer[8:12]) == 7
    assert answer[12] == 0, "nothing was lost since the first report"
    assert int.from_bytes(answer[13:16]) == 10
    assert int.from_bytes(answer[16:20]) == 500
    assert int.from_bytes(answer[28:32]) == 65_536


def test_a_refusing_network_is_no_harm() -> None:
    reporter, _, _ = made()
    reporter.send(1.0, 1)
    reporter.target = ("192.0.2.1", 0)
    reporter.send(1.0, 1)
