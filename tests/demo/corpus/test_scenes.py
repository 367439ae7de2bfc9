"""Scenes: every one can be played, by whoever is cast."""

import random
from datetime import date

import pytest

from muniment.core.errors import WrongUseError
from muniment.demo.corpus import scenes
from muniment.demo.corpus.scenes import Mail, Scene, play
from muniment.demo.corpus.world import load

DAY = date(2026, 3, 11)


@pytest.mark.parametrize("scene", scenes.load(), ids=lambda scene: scene.name)
def test_every_scene_plays(scene: Scene) -> None:
    for seed in range(12):
        letters = play(scene, load(), DAY, random.Random(seed))
        moments = [letter.date for letter in letters]
        assert moments == sorted(moments)
        for letter in letters:
            assert letter.sender not in letter.to
            assert letter.own


def test_families_keep_together() -> None:
    (scene,) = (each for each in scenes.load() if each.name == "home")
    for seed in range(20):
        first = play(scene, load(), DAY, random.Random(seed))[0]
        assert first.sender.name.split()[-1] == first.to[0].name.split()[-1]


def test_fellows_are_of_one_firm() -> None:
    scene = Scene(
        "x", "s", [Mail("a", ["b"], "Hello.", cc=["c"])], {"a": "sales", "b": "customer", "c": "@b"}
    )
    for seed in range(20):
        letter = play(scene, load(), DAY, random.Random(seed))[0]
        assert letter.cc[0].firm == letter.to[0].firm


def test_a_part_that_nobody_can_play_is_an_error() -> None:
    scene = Scene("x", "s", [Mail("a", ["b"], "Hello.")], {"a": "sales", "b": "nobody at all"})
    with pytest.raises(WrongUseError, match="Nobody can play b in the scene x"):
        play(scene, load(), DAY, random.Random(1))


def test_names_of_scenes_are_their_own() -> None:
    names = [scene.name for scene in scenes.load()]
    assert len(names) == len(set(names)) > 55


def test_the_promise_is_in_writing() -> None:
    (scene,) = (each for each in scenes.load() if each.name == "late-delivery")
    letters = play(scene, load(), DAY, random.Random(1))
    promise = letters[1]
    assert promise.sender.name == "Chloe Brennan"
    assert "you won't pay for the express service" in promise.own
