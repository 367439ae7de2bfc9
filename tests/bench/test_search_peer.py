"""The measure against SQLite runs on the same mails."""

import sqlite3

from muniment.bench import search, search_peer
from muniment.bench.search import Asked, Corpus


def test_both_are_measured_in_one_run(monkeypatch) -> None:
    monkeypatch.setattr(search, "BATCH", 300)
    figure = search_peer.measure(build=0)
    assert "peer" in figure.name
    assert figure.ratio > 0


def test_the_peer_finds_the_mails_it_was_given() -> None:
    peer = sqlite3.connect(":memory:")
    peer.execute(search_peer._SCHEMA)
    corpus = Corpus()
    document = corpus.document(7)
    search_peer._keep(peer, [document])
    word = document.text.split()[0]
    assert search_peer._ask(peer, Asked(word, (word,))) == [(8,)]
