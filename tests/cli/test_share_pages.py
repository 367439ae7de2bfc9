"""A recovery share on paper: one page each, and what is typed from it is the share."""

import re

from muniment.cli.share_pages import pages
from muniment.vault import shares
from muniment.vault.setup import RecoveryShare


def test_each_custodian_has_a_page_that_reads_back() -> None:
    split = shares.split(b"k" * 32, threshold=2, count=3)
    given = [RecoveryShare(name, shares.write(share)) for name, share in zip("abc", split, strict=True)]
    printed = pages(given, "the installation /srv/muniment").split("\f")
    assert printed.pop() == ""
    for name, share, page in zip("abc", split, printed, strict=True):
        assert page.startswith(f"Recovery share {share.index}, for {name}\n")
        lines = re.findall(r"^ +\d+   (.*)$", page, re.MULTILINE)
        assert shares.read("-".join(lines)) == share
        assert "2 custodians together" in page
        assert max(map(len, page.splitlines())) <= 110
