"""The set-up finds what a machine has, and says in its own words what it cannot get."""

import ast
from pathlib import Path

import pytest

from tools import bootstrap

PYTHON_THAT_SAYS = """#!/bin/sh
echo "{version} {unlocked}"
"""


def program(folder: Path, name: str, text: str) -> Path:
    """An executable file that a shell runs."""
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(text)
    path.chmod(0o755)
    return path


def python(folder: Path, version: str, unlocked: int = 0) -> str:
    """Something that answers as a Python of this version would."""
    return str(program(folder, "python3", PYTHON_THAT_SAYS.format(version=version, unlocked=unlocked)))


def test_the_oldest_python_that_is_new_enough_is_taken(tmp_path: Path) -> None:
    found = [python(tmp_path / name, f"3 {name} 1") for name in ("8", "11", "14", "13")]
    assert bootstrap.best_python(found) == found[3]


def test_a_python_without_its_lock_or_that_does_not_answer_is_left_alone(tmp_path: Path) -> None:
    unlocked = python(tmp_path / "a", "3 13 0", unlocked=1)
    broken = str(program(tmp_path / "b", "python3", "#!/bin/sh\nexit 127\n"))
    assert bootstrap.best_python([unlocked, broken, str(tmp_path / "absent")]) is None


def test_pyenv_is_searched_even_when_the_shell_knows_nothing_of_it(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.delenv("PYENV_ROOT", raising=False)
    monkeypatch.setenv("HOME", str(tmp_path))
    path = python(tmp_path / ".pyenv" / "versions" / "3.12.9" / "bin", "3 12 9")
    assert Path(path) in bootstrap.pyenv_versions()


def test_without_any_python_it_says_what_to_do(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bootstrap, "python_candidates", lambda: iter(()))
    uv = program(tmp_path, "uv", "#!/bin/sh\necho 'dns error: no such host' >&2\nexit 2\n")
    with pytest.raises(bootstrap.Stop) as stop:
        bootstrap.find_python(uv)
    assert "No Python 3.12" in stop.value.what
    assert "run make again" in stop.value.remedy


def test_an_old_node_is_not_taken(tmp_path: Path, monkeypatch) -> None:
    program(tmp_path, "node", "#!/bin/sh\necho v18.20.4\n")
    program(tmp_path, "npm", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr(bootstrap, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(bootstrap, "stands", lambda *_: True)
    assert bootstrap.find_node() == tmp_path / "cache" / "node" / "bin"


def test_a_new_node_is_taken(tmp_path: Path, monkeypatch) -> None:
    program(tmp_path, "node", "#!/bin/sh\necho v20.19.0\n")
    program(tmp_path, "npm", "#!/bin/sh\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert bootstrap.find_node() == tmp_path


def test_programs_get_a_home_that_they_can_write_to(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(bootstrap, "CACHE", tmp_path)
    monkeypatch.delenv("HOME")
    assert Path(bootstrap.environment()["HOME"]).is_relative_to(tmp_path)
    assert "PYTHONPATH" not in bootstrap.environment()


def test_work_stands_until_an_input_changes_or_a_result_is_lost(tmp_path: Path) -> None:
    source, result, stamp = tmp_path / "source", tmp_path / "result", tmp_path / "stamp"
    source.write_text("one")
    result.write_text("made")
    stamp.write_text(bootstrap.digest_of(source))
    assert bootstrap.stands(stamp, bootstrap.digest_of(source), result)
    source.write_text("two")
    assert not bootstrap.stands(stamp, bootstrap.digest_of(source), result)
    source.write_text("one")
    result.unlink()
    assert not bootstrap.stands(stamp, bootstrap.digest_of(source), result)


def test_each_debian_package_says_where_to_see_it_and_what_for() -> None:
    packages = bootstrap.debian_packages()
    assert {"chromium", "postfix", "strace"} <= {package.name for package in packages}
    assert all(package.evidence and package.purpose for package in packages)


def test_a_package_that_may_not_be_installed_is_named(monkeypatch, capsys) -> None:
    absent = bootstrap.Package("fax-machine", "no-such-command", "letters")
    monkeypatch.setattr(bootstrap, "debian_packages", lambda: [absent])
    monkeypatch.setattr(bootstrap, "may_install", lambda: False)
    bootstrap.ready_debian()
    assert "fax-machine, for letters" in capsys.readouterr().err


def test_the_demo_s_voice_is_asked_for_once_and_missed_by_nobody(monkeypatch, tmp_path, capsys) -> None:
    asked: list[list[str]] = []

    def refuse(names: list[str]) -> bool:
        asked.append(names)
        return False

    absent = bootstrap.Package(bootstrap.VOICE, "no-such-command", "voices")
    monkeypatch.setattr(bootstrap, "CACHE", tmp_path / "cache")
    monkeypatch.setattr(bootstrap, "debian_packages", lambda: [absent])
    monkeypatch.setattr(bootstrap, "may_install", lambda: True)
    monkeypatch.setattr(bootstrap, "install_debian", refuse)
    bootstrap.ready_voice()
    bootstrap.ready_voice()
    assert asked == [[bootstrap.VOICE]]
    assert "could not be had" in capsys.readouterr().err


def test_a_stop_is_three_sentences_and_no_traceback(monkeypatch, capsys) -> None:
    def stop() -> None:
        raise bootstrap.Stop("It stopped.", "It had to.", "Wait.")

    monkeypatch.setattr(bootstrap, "ready_environment", stop)
    assert bootstrap.main(["run"]) == 1
    assert capsys.readouterr().err.split("\n")[1:4] == [
        "It stopped.",
        "  Why: It had to.",
        "  What to do: Wait.",
    ]


@pytest.mark.parametrize("version", ["3.8", "3.9", "3.10", "3.11"])
def test_an_old_python_can_read_the_file(version: str) -> None:
    grammar = (3, int(version.partition(".")[2]))
    ast.parse(Path(bootstrap.__file__).read_text(), feature_version=grammar)


def test_the_environment_is_made_once_and_again_when_a_requirement_changes(
    tmp_path: Path, monkeypatch
) -> None:
    made = []

    def make(uv: Path) -> None:
        made.append(uv)
        for name in ("python", "muniment"):
            program(tmp_path / ".venv" / "bin", name, "")

    pinned = tmp_path / "all.txt"
    pinned.write_text("django==6.1.3")
    (tmp_path / "pyproject.toml").write_text("")
    for name, value in {"ROOT": tmp_path, "REQUIREMENTS": tmp_path, "VENV": tmp_path / ".venv"}.items():
        monkeypatch.setattr(bootstrap, name, value)
    monkeypatch.setattr(bootstrap, "find_uv", lambda: Path("uv"))
    monkeypatch.setattr(bootstrap, "make_environment", make)
    for expected in (1, 1):
        bootstrap.ready_environment()
        assert len(made) == expected
    pinned.write_text("django==6.1.4")
    bootstrap.ready_environment()
    (tmp_path / ".venv" / "bin" / "muniment").unlink()
    bootstrap.ready_environment()
    assert len(made) == 3
