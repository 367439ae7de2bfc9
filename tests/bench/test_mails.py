"""The mix of mails has the sizes of a mailbox, and is the same each time."""

from email import message_from_bytes
from statistics import median

import zstandard

from muniment.bench.mails import mail_mix


def test_the_mix():
    mails = mail_mix(400)
    assert mails == mail_mix(400)
    assert mails != mail_mix(400, seed=2)
    sizes = [len(mail) for mail in mails]
    assert 1_000 < median(sizes) < 8_000
    assert 4_000 < sum(sizes) / len(sizes) < 40_000
    packed = sum(len(zstandard.compress(mail)) for mail in mails)
    assert 0.2 < packed / sum(sizes) < 0.9
    assert message_from_bytes(mails[0]).is_multipart()
