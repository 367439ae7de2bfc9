"""The measure of search runs, asks what it says, and both sides find something."""

from muniment.bench import search
from muniment.bench.search import Corpus, bare, measure, stocked
from muniment.search.index.organisation import View
from muniment.search.language.parser import parse


def test_both_are_measured_in_one_run(monkeypatch) -> None:
    monkeypatch.setattr(search, "BATCH", 300)
    figure = measure(build=0)
    assert figure.name == "search of 300 mails"
    assert figure.ours > 0
    assert figure.limit > 0
    assert figure.ratio > 0


def test_the_queries_of_the_mix_find_mails(monkeypatch) -> None:
    monkeypatch.setattr(search, "BATCH", 300)
    corpus = Corpus()
    with stocked(corpus, 0) as index:
        assert index.size == 300
        asked = corpus.questions()
        assert sum(index.search(parse(one.query), View()).total > 0 for one in asked) > len(asked) / 4
        assert bare(index, asked[0].words)


def test_the_same_seed_makes_the_same_mails() -> None:
    assert Corpus().text(50) == Corpus().text(50)
    assert Corpus(2).text(50) != Corpus().text(50)
