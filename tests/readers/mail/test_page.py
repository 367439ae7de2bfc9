"""HTML mail made harmless."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from muniment.readers.mail.page import only_in, plain_text, safe_html

NASTY = [
    "<script>alert(1)</script>",
    '<img src="https://tracker.example/p.gif" onerror="alert(1)">',
    '<svg onload=alert(1)><use href="//evil"/></svg>',
    '<a href="javascript:alert(1)">x</a>',
    '<a href="data:text/html,x">x</a>',
    '<form action="https://evil"><input name=q><button>go</button></form>',
    '<iframe src="https://evil"></iframe>',
    '<link rel=stylesheet href="https://evil/x.css"><style>@import "//evil"</style>',
    '<p style="background:url(https://evil)">x</p>',
    '<table background="https://evil/x.gif"><tr><td>x</td></tr></table>',
    '<meta http-equiv=refresh content="0;url=https://evil">',
    '<base href="https://evil">',
    "<math><mtext><table><mglyph><style><img src=x onerror=alert(1)></style></mglyph></table></mtext></math>",
    '<video poster="https://evil"><source src="https://evil"></video>',
    '<p title="<a href=https://evil>">x</p>',
    '<a href="https://e&quot; onclick=alert(1) x=&quot;">x</a>',
]
LOADS = re.compile(
    r"""<(?!/?[a-z0-9]+(?:\s+(?:title|dir|lang|colspan|rowspan|align|start)="[^"]*")*\s*/?>)"""
)


@pytest.mark.parametrize("nasty", NASTY)
def test_nothing_loads_runs_submits_or_leads_anywhere(nasty: str) -> None:
    assert not LOADS.search(safe_html(f"<p>before</p>{nasty}<p>after</p>"))


@given(
    st.lists(
        st.sampled_from([*NASTY, "<", ">", '"', "'", "&lt;", "<a ", "href=", "</", "<!--", "-->", "x"]),
        max_size=8,
    )
)
def test_nor_does_any_mixture(pieces: list[str]) -> None:
    assert not LOADS.search(safe_html("".join(pieces)))


def test_a_link_keeps_its_words_and_shows_its_target() -> None:
    assert (
        safe_html('<a href="https://bank.example/">Your bank</a>')
        == '<a title="https://bank.example/">Your bank</a>'
    )


def test_a_letter_keeps_its_form() -> None:
    letter = "<h1>Hello</h1><p>One <b>bold</b> word</p><ul><li>item</li></ul><blockquote>quoted</blockquote>"
    assert safe_html(letter) == letter


def test_the_words_of_a_page() -> None:
    text = plain_text(
        "<html><head><title>t</title><style>p{}</style></head><p>A &amp; B</p><tr><td>1</td><td>2</td></tr><script>x</script>"
    )
    assert text.split() == ["A", "&", "B", "1", "2"]


def test_only_lines_with_words_of_their_own() -> None:
    assert only_in("Hello there\nThe secret is out", "hello there, all") == "The secret is out"


@pytest.mark.parametrize(
    "trap",
    [
        "<div>" * 1_000_000,
        "<div></b>" * 200_000,
        "<ul><li>" * 200_000,
        "&" * 5_000_000,
        "<" * 500_000,
        "<p " + " ".join(f"a{n}" for n in range(300_000)) + ">",
        "<b>" * 1900 + "<p></p>" * 20_000,
        "<!--" * 200_000,
    ],
)
def test_html_made_to_keep_a_reader_busy_for_ever_ends_and_its_words_are_found(trap: str) -> None:
    text = f"<p>orange</p>{trap}"
    assert "orange" in plain_text(text)
    assert "orange" in safe_html(text)
    assert not LOADS.search(safe_html(text))


def test_a_long_letter_is_no_trap() -> None:
    rows = "<table>" + "<tr><td><p>cell<br></p></td></tr>" * 5000 + "</table>"
    assert "<td>" in safe_html(rows)
