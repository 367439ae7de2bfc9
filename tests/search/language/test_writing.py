"""A tree is written as the shortest query that means it."""

import pytest

from muniment.search.language.parser import parse
from muniment.search.language.writing import write


@pytest.mark.parametrize(
    ("query", "written"),
    [
        ("a AND b", "a b"),
        ("NOT a", "-a"),
        ("(a b) OR c", "a b OR c"),
        ("a (b OR c)", "a (b OR c)"),
        ("-(a b)", "-(a b)"),
        ("from:a@x.org,b@x.org", "from:a@x.org OR from:b@x.org"),
        ("filename:*.xlsx", "filename:xlsx"),
        ("on:1/4/2026", "on:2026-04-01"),
        ("on:2026-04", "on:2026-04"),
        ("larger:10485760", "larger:10M"),
        ('subject:"a b"~2', 'subject:"a b"~2'),
        ("near( a , b , 3 )", "near(a, b, 3)"),
        ("duration:>300s", "duration:>5m"),
        ("duration:<1:02:03", "duration:<1h2m3s"),
        ("mos:<3.50", "mos:<3.5"),
        ('queue:"Sales UK"', 'queue:"sales uk"'),
        ("queue:sales", "queue:sales"),
        ("person:Ann", 'person:"Ann"'),
    ],
)
def test_written(query: str, written: str) -> None:
    assert write(parse(query)) == written
    assert parse(written) == parse(query)
