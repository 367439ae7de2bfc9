"""Searching the text index as the librarian does, against SQLite's full-text search of the same mails.

The peer is FTS5 with its stemmer and bm25, in memory: what many archives would use. Both hold the same
mails and are asked the same words, alternately.
"""

import sqlite3
from collections.abc import Sequence

from muniment.bench.figures import Figure, compare
from muniment.bench.search import BUILD, Asked, Corpus, at_95, stocked
from muniment.search.index.document import IndexDocument
from muniment.search.index.organisation import View
from muniment.search.language.parser import parse

_SCHEMA = (
    "CREATE VIRTUAL TABLE mail USING fts5(subject, text, party, content='', tokenize='porter unicode61')"
)
_ASK = "SELECT rowid FROM mail WHERE mail MATCH ? ORDER BY rank LIMIT 50"


def measure(build: float = BUILD) -> Figure:
    """Queries a second at the 95th percentile."""
    corpus = Corpus()
    peer = sqlite3.connect(":memory:")
    peer.execute(_SCHEMA)
    with stocked(corpus, build, also=lambda batch: _keep(peer, batch)) as index:
        asked = corpus.questions()
        return compare(
            f"search of {index.size:,} mails, against a peer",
            "queries/s at the 95th percentile",
            "SQLite FTS5 with porter stems and bm25, in memory",
            lambda: at_95(asked, lambda one: index.search(parse(one.query), View(access=0))),
            lambda: at_95(asked, lambda one: _ask(peer, one)),
        )


def _keep(peer: sqlite3.Connection, batch: Sequence[IndexDocument]) -> None:
    rows = (
        (each.sequence + 1, each.subject, each.text, " ".join(party.address for party in each.parties))
        for each in batch
    )
    with peer:
        peer.executemany("INSERT INTO mail (rowid, subject, text, party) VALUES (?, ?, ?, ?)", rows)


def _ask(peer: sqlite3.Connection, one: Asked) -> object:
    return peer.execute(_ASK, (" ".join(f'"{word}"' for word in one.words),)).fetchall()
