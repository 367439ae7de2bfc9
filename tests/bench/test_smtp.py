"""The measure of SMTP takes real messages on both sides."""

import pytest

from muniment.bench import smtp
from muniment.bench.mails import mail_mix


@pytest.mark.parametrize("serve", [smtp._ours, smtp._peer])
def test_both_servers_take_the_messages(serve: object) -> None:
    mails = [mail.replace(b"\r\n.", b"\r\n..") + b"\r\n.\r\n" for mail in mail_mix(30)]
    assert smtp._rate(serve, mails) > 0
