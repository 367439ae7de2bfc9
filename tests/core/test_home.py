"""Every path of a home lies in it, save a socket whose path would be too long."""

from pathlib import Path

from muniment.core.home import LONGEST_SOCKET_PATH, Home


def test_every_path_lies_in_the_home(tmp_path: Path) -> None:
    home = Home(tmp_path)
    inside = [home.settings, home.keyring, home.catalogue, home.demo, home.logs]
    inside += [home.vault("org_a"), home.search("org_a")]
    assert all(path.is_relative_to(tmp_path) for path in inside)
    assert len(set(inside)) == len(inside)


def test_a_short_home_keeps_its_sockets() -> None:
    assert Home(Path("/srv/muniment")).socket("desk") == Path("/srv/muniment/run/desk.sock")


def test_a_long_home_gets_short_sockets_of_its_own() -> None:
    long, other = Home(Path("/" + "a" * 200)), Home(Path("/" + "b" * 200))
    assert len(str(long.socket("desk"))) <= LONGEST_SOCKET_PATH
    assert long.socket("desk") != other.socket("desk")
    assert long.socket("desk") != long.socket("index")
