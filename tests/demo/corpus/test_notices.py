"""What machines send."""

import random
from datetime import datetime

import pytest

from muniment.demo.corpus import notices
from muniment.demo.corpus.clients import render
from muniment.demo.corpus.working_time import LONDON
from muniment.demo.corpus.world import load
from muniment.readers.mail import html_body

NIGHT = datetime(2026, 7, 1, 3, 7, tzinfo=LONDON)


@pytest.mark.parametrize("maker", notices.NOTICES, ids=lambda maker: maker.__name__)
def test_machines_say_so_and_vary(maker: object) -> None:
    assert callable(maker)
    made = [maker(load(), NIGHT, random.Random(seed)) for seed in range(10)]
    assert len({letter.own for letter in made}) > 5
    for letter in made:
        assert b"Auto-Submitted: auto-generated" in render(letter)


def test_a_newsletter_tracks_and_lets_you_leave() -> None:
    letter, data = notices.newsletter(load(), NIGHT, random.Random(2))
    assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in data
    assert 'width="1" height="1"' in (html_body(data) or "")
    assert letter.to[0].firm.domain in {"wethercote.example", "elderrow.example"}
