"""Make this folder ready to run or to test Muniment, on a machine that has only git, make and a Python.

    python3 tools/bootstrap.py run      everything that `muniment` needs
    python3 tools/bootstrap.py test     the same, and the Debian packages that the tests use
    python3 tools/bootstrap.py lock     write the requirements files and the npm lock anew

Any Python from 3.8 can run this file. It finds what the machine has (uv, Python 3.12 or later,
Node) and gets only what is missing; a second run finds that nothing changed and ends at once.
Everything that it makes lies in `.venv`, `.cache` and `node_modules` of this folder.
"""

import argparse
import contextlib
import ctypes
import fcntl
import hashlib
import os
import pwd
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Dict, Iterable, Iterator, List, NamedTuple, Optional, Sequence, Tuple

ROOT = Path(__file__).resolve().parent.parent
CACHE = ROOT / ".cache"
REQUIREMENTS = ROOT / "requirements"
VENV = ROOT / ".venv"
BUILT_PAGES = ROOT / "src" / "muniment" / "web" / "static" / "built"

OLDEST_PYTHON = (3, 12)
VOICE = "espeak-ng"
OLDEST_UV = (0, 5, 0)  # the first that reads `--group` and has a settled `pip sync`
OLDEST_NODE = (20, 19)  # sass and its watcher refuse anything older
SECONDS_FOR_A_PROBE = 20

# Inherited from a shell, these would make the new environment depend on another one.
FOREIGN_VARIABLES = ("PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "PYTHONDONTWRITEBYTECODE", "PYENV_VERSION")

# uv and Node trust the certificates that this machine trusts, as apt does (older uv has the second name).
TRUST_THE_MACHINE = ("UV_SYSTEM_CERTS", "UV_NATIVE_TLS", "NODE_USE_SYSTEM_CA")

ASK_VERSION = (
    "import sys, sysconfig; print(*sys.version_info[:3], sysconfig.get_config_var('Py_GIL_DISABLED') or 0)"
)


class Stop(Exception):  # noqa: N818  it is how this program ends, not a defect of it
    """The set-up cannot go on: what happened, why, and what a person can do."""

    def __init__(self, what: str, why: str, remedy: str) -> None:
        super().__init__(what)
        self.what, self.why, self.remedy = what, why, remedy


class Package(NamedTuple):
    """A Debian package that tests use: where to see that it is there, and what for."""

    name: str
    evidence: str
    purpose: str

    def present(self) -> bool:
        """Whether its command is on the path, its library can be loaded, or its file exists."""
        if ".so." in self.evidence:
            with contextlib.suppress(OSError):
                return ctypes.CDLL(self.evidence) is not None
            return False
        if self.evidence.startswith("/"):
            return Path(self.evidence).exists()
        return shutil.which(self.evidence, path=search_path()) is not None


# ---------------------------------------------------------------- running other programs


def say(sentence: str) -> None:
    """Tell the person who waits what happens now."""
    print(sentence, file=sys.stderr, flush=True)


def search_path() -> str:
    """PATH, and the places where Debian keeps servers, which a plain user's PATH leaves out."""
    return os.pathsep.join([os.environ.get("PATH", ""), "/usr/local/sbin", "/usr/sbin", "/sbin"])


def environment(*first_on_path: Path, **extra: str) -> Dict[str, str]:
    """The variables that other programs get: nothing foreign, and always a home they can write to."""
    variables = {name: value for name, value in os.environ.items() if name not in FOREIGN_VARIABLES}
    home = variables.get("HOME", "")
    if not home or not os.access(home, os.W_OK):
        spare = CACHE / "home"
        spare.mkdir(parents=True, exist_ok=True)
        variables["HOME"] = str(spare)
    path = [str(folder) for folder in first_on_path] + [variables.get("PATH", os.defpath)]
    variables["PATH"] = os.pathsep.join(path)
    for name in TRUST_THE_MACHINE:
        variables.setdefault(name, "1")
    variables.update(extra)
    return variables


def run(command: Sequence[object], failure: Stop, **extra: str) -> None:
    """Run a program in this folder and show what it prints; end with `failure` if it fails."""
    first = Path(str(command[0])).parent
    try:
        subprocess.run([str(part) for part in command], cwd=ROOT, env=environment(first, **extra), check=True)
    except (OSError, subprocess.CalledProcessError) as error:
        raise failure from error


def answer(command: Sequence[object]) -> Optional[str]:
    """What a program prints, or None where it is absent, fails or does not answer in time.

    Asked from the top folder: in this one, `.python-version` would make pyenv refuse a machine
    that has only a later Python.
    """
    try:
        done = subprocess.run(
            [str(part) for part in command],
            cwd="/",
            env=environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            timeout=SECONDS_FOR_A_PROBE,
            check=True,
            universal_newlines=True,
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return done.stdout.strip()


def version_in(text: Optional[str]) -> Tuple[int, ...]:
    """The first version number in a program's answer; empty if there is none."""
    found = re.search(r"\d+(?:\.\d+)+", text or "")
    return tuple(int(part) for part in found.group().split(".")) if found else ()


# ---------------------------------------------------------------- what was done already


def digest_of(*parts: object) -> str:
    """One digest over names and the bytes of files and folders."""
    total = hashlib.sha256(str(ROOT).encode())
    for part in parts:
        for path in files_of(part) if isinstance(part, Path) else ():
            total.update(str(path).encode() + b"\0" + path.read_bytes() + b"\0")
        if not isinstance(part, Path):
            total.update(str(part).encode() + b"\0")
    return total.hexdigest()


def files_of(path: Path) -> List[Path]:
    """A file, or every file below a folder, in order."""
    if path.is_dir():
        return sorted(below for below in path.rglob("*") if below.is_file())
    return [path] if path.exists() else []


def stands(stamp: Path, digest: str, *results: Path) -> bool:
    """Whether the work that `stamp` remembers was done on these inputs, and its results are there."""
    return (
        stamp.exists()
        and stamp.read_text() == digest
        and all(os.access(str(path), os.R_OK) for path in results)
    )


@contextlib.contextmanager
def alone() -> Iterator[None]:
    """Let one set-up at a time work in this folder."""
    CACHE.mkdir(exist_ok=True)
    with (CACHE / "bootstrap.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


# ---------------------------------------------------------------- Python and uv


def home_folders() -> Iterator[Path]:
    """Homes to look into for pyenv: the variable's, and the one that the system knows."""
    if os.environ.get("HOME"):
        yield Path(os.environ["HOME"])
    with contextlib.suppress(KeyError):
        yield Path(pwd.getpwuid(os.getuid()).pw_dir)


def pyenv_versions() -> List[Path]:
    """Every Python that pyenv has built, whether or not pyenv is set up in this shell."""
    roots = [Path(os.environ["PYENV_ROOT"])] if os.environ.get("PYENV_ROOT") else []
    roots += [home / ".pyenv" for home in home_folders()]
    roots += [Path(part).parent for part in search_path().split(os.pathsep) if part.endswith("/shims")]
    found = [path for root in roots for path in sorted(root.glob("versions/*/bin/python3"))]
    return list(dict.fromkeys(found))


def python_candidates() -> Iterator[str]:
    """Programs that may be a Python that is new enough, the likeliest first."""
    names = [f"python3.{minor}" for minor in range(OLDEST_PYTHON[1], OLDEST_PYTHON[1] + 8)] + ["python3"]
    for name in names:
        for folder in search_path().split(os.pathsep):
            path = Path(folder) / name
            if folder and path.exists():
                yield str(path)
    yield from (str(path) for path in pyenv_versions())
    yield sys.executable


def best_python(candidates: Iterable[str]) -> Optional[str]:
    """The oldest that is new enough: packages are built for it first."""
    fitting: Dict[Tuple[int, ...], str] = {}
    for path in dict.fromkeys(candidates):
        said = (answer([path, "-c", ASK_VERSION]) or "0 0 0 0").split()
        version, without_lock = tuple(int(number) for number in said[:2]), said[3] != "0"
        if version < OLDEST_PYTHON or without_lock:
            continue
        if version == OLDEST_PYTHON:
            return path
        fitting.setdefault(version, path)
    return fitting[min(fitting)] if fitting else None


def find_python(uv: Path) -> str:
    """A Python for the environment: the machine's, pyenv's, uv's own, or one that uv fetches."""
    found = best_python(python_candidates()) or answer(
        [uv, "python", "find", "--no-python-downloads", ">=3.12"]
    )
    if found:
        return found
    say("This machine has no Python 3.12 or later: asking uv to fetch one.")
    if answer([uv, "python", "install", "3.12"]) is not None:
        fetched = answer([uv, "python", "find", "--no-python-downloads", ">=3.12"])
        if fetched:
            return fetched
    raise Stop(
        "No Python 3.12 or later could be had.",
        "None is on PATH, among pyenv's versions or among uv's own, and uv could not fetch one.",
        "Install one (for instance `pyenv install 3.12`, or your system's package), then run make again.",
    )


def pinned_uv() -> Tuple[int, ...]:
    """The version of uv that requirements/uv.txt names."""
    return version_in((REQUIREMENTS / "uv.txt").read_text().partition("uv==")[2])


def find_uv() -> Path:
    """The machine's uv where it is new enough, else the pinned one in a private environment."""
    on_path = shutil.which("uv")
    if on_path and version_in(answer([on_path, "--version"])) >= OLDEST_UV:
        return Path(on_path)
    private = CACHE / "uv" / "bin" / "uv"
    if version_in(answer([private, "--version"])) == pinned_uv():
        return private
    say("Getting uv, which installs the rest.")
    make_private_environment(CACHE / "uv")
    pip = [CACHE / "uv" / "bin" / "python", "-m", "pip", "install", "--quiet", "--disable-pip-version-check"]
    run(
        [*pip, "--require-hashes", "--only-binary", ":all:", "-r", REQUIREMENTS / "uv.txt"],
        Stop(
            "uv could not be installed.",
            "pip could not get the release that requirements/uv.txt names, with its hash.",
            "See pip's message above; a uv on PATH is used instead, if there is one.",
        ),
    )
    return private


def make_private_environment(folder: Path) -> None:
    """A virtual environment with pip, by the first Python here that can make one."""
    pythons = [sys.executable, *(python for python in [best_python(pyenv_and_system())] if python)]
    for attempt in ("as it is", "with Debian's package"):
        for python in pythons:
            shutil.rmtree(str(folder), ignore_errors=True)
            if answer([python, "-m", "venv", folder]) is not None:
                return
        if attempt == "as it is" and may_install():
            say("Python here has no venv module: installing Debian's python3-venv.")
            install_debian(["python3-venv"])
    raise Stop(
        "No virtual environment could be made.",
        "The Python on this machine lacks the venv or ensurepip module; Debian keeps them in a package of its own.",
        "Install python3-venv (as root: apt-get install python3-venv), or put uv on PATH; then run make again.",
    )


def pyenv_and_system() -> Iterator[str]:
    """Other Pythons that may have the venv module where the one that runs this file has not."""
    yield from (str(path) for path in pyenv_versions())
    yield "/usr/bin/python3"


def make_environment(uv: Path) -> None:
    """`.venv` with everything that requirements/all.txt pins, and the project itself."""
    shutil.rmtree(str(VENV), ignore_errors=True)
    python = find_python(uv)
    failure = Stop(
        "The Python environment could not be made.",
        "uv could not install what requirements/all.txt pins.",
        "See uv's message above; when it is about the network, run make again when there is one.",
    )
    run([uv, "venv", "--quiet", "--no-project", "--python", python, VENV], failure)
    target = [uv, "pip", "--quiet"], ["--python", VENV / "bin" / "python"]
    pinned = ["--require-hashes", "--compile-bytecode", REQUIREMENTS / "all.txt"]
    run([*target[0], "sync", *target[1], *pinned], failure)
    project = ["--no-deps", "--no-build-isolation", "--offline", "--editable", ROOT]
    unbuilt = Stop(
        "Muniment itself could not be installed in .venv.", "Its build failed.", "See the message above."
    )
    run([*target[0], "install", *target[1], *project], unbuilt)


def ready_environment() -> None:
    """Make `.venv` unless it stands as the requirements say."""
    digest = digest_of(Path(__file__).resolve(), REQUIREMENTS / "all.txt", ROOT / "pyproject.toml")
    stamp = VENV / "ready"
    if stands(stamp, digest, VENV / "bin" / "python", VENV / "bin" / "muniment"):
        return
    uv = find_uv()
    say("Making the Python environment in .venv.")
    make_environment(uv)
    stamp.write_text(digest)


# ---------------------------------------------------------------- Node and the pages


def find_node() -> Path:
    """The folder of a `node` with its `npm`: the system's where it is new enough, else our own."""
    node, npm = shutil.which("node"), shutil.which("npm")
    if node and npm and version_in(answer([node, "--version"])) >= OLDEST_NODE:
        return Path(node).parent
    private = CACHE / "node"
    digest = digest_of(REQUIREMENTS / "node.txt")
    if not stands(private / "ready", digest, private / "bin" / "npm"):
        say("Getting Node, which builds the pages: this machine has none, or one that is too old.")
        failure = Stop(
            "Node could not be installed.",
            "Neither the system's Node is 20.19 or later, nor could requirements/node.txt be installed.",
            "Install Node 20.19 or later with npm, then run make again.",
        )
        uv = find_uv()
        shutil.rmtree(str(private), ignore_errors=True)
        run([uv, "venv", "--quiet", "--no-project", "--python", VENV / "bin" / "python", private], failure)
        place = ["--python", private / "bin" / "python"]
        run([uv, "pip", "sync", "--quiet", *place, "--require-hashes", REQUIREMENTS / "node.txt"], failure)
        (private / "ready").write_text(digest)
    return private / "bin"


def ready_pages() -> None:
    """Install the npm packages and build the pages' styles and scripts, where anything changed."""
    manifest, lock = ROOT / "package.json", ROOT / "package-lock.json"
    if not manifest.exists():
        say("There is no package.json: no pages to build.")
        return
    packages = digest_of(manifest, lock, ROOT / ".npmrc")
    built = digest_of(packages, ROOT / "src" / "muniment" / "web" / "assets")
    if stands(CACHE / "pages-built", built, BUILT_PAGES):
        return
    node = find_node()
    if not stands(ROOT / "node_modules" / ".ready", packages):
        say("Installing the npm packages that the pages are built from.")
        quiet = ["--ignore-scripts", "--no-audit", "--no-fund", "--loglevel", "error"]
        run(
            [node / "npm", "ci", *quiet],
            Stop(
                "The npm packages could not be installed.",
                "`npm ci` could not get what package-lock.json pins.",
                "See npm's message above; when it is about the network, run make again when there is one.",
            ),
        )
        (ROOT / "node_modules" / ".ready").write_text(packages)
    say("Building the pages' styles and scripts.")
    run(
        [node / "npm", "run", "--silent", "build"],
        Stop("The pages could not be built.", "`npm run build` failed.", "See its message above."),
    )
    (CACHE / "pages-built").write_text(built)


# ---------------------------------------------------------------- Debian packages for tests


def debian_packages() -> List[Package]:
    """What requirements/debian.txt lists: package, command or file, purpose."""
    lines = (REQUIREMENTS / "debian.txt").read_text().splitlines()
    rows = [line.split(None, 2) for line in lines if line.strip() and not line.startswith("#")]
    return [Package(*row) for row in rows]


def may_install() -> bool:
    """Whether this user can install Debian packages: root, on a machine with apt."""
    return os.geteuid() == 0 and shutil.which("apt-get", path=search_path()) is not None


def install_debian(names: Sequence[str]) -> bool:
    """Install packages without a question; fetch the lists of packages only if it fails at first."""
    options = ["-o", "DPkg::Lock::Timeout=120", "-y", "--no-install-recommends"]
    install = ["apt-get", "install", "-qq", *options, *names]
    # Postfix asks how it should serve this machine's mail: not at all, tests start their own.
    answers = "postfix postfix/main_mailer_type select No configuration\n"
    calm = {"DEBIAN_FRONTEND": "noninteractive", "PATH": search_path()}
    variables = {**environment(), **calm}
    with contextlib.suppress(OSError):
        subprocess.run(
            ["debconf-set-selections"], input=answers, universal_newlines=True, env=variables, check=False
        )
    for command in (install, ["apt-get", "update", "-qq"], install):
        done = subprocess.run(
            command, env=variables, cwd="/", check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        if command is install and done.returncode == 0:
            return True
    return False


def ready_debian() -> None:
    """Install the Debian packages that tests use, where that is allowed; else say which tests will be skipped."""
    missing = [package for package in debian_packages() if not package.present()]
    if missing and may_install():
        names = [package.name for package in missing]
        say(f"Installing Debian packages that the tests use: {', '.join(names)}.")
        if not install_debian(names):
            for name in names:  # one package that is not to be had must not cost the others
                install_debian([name])
        missing = [package for package in missing if not package.present()]
    for package in missing:
        say(
            f"Not on this machine: {package.name}, for {package.purpose}. Tests that need it are skipped by name."
        )


def ready_voice() -> None:
    """Install the program that speaks in the demo's calls, where that is allowed; tried once, for it is no need."""
    asked = CACHE / "voice-asked"
    missing = [package for package in debian_packages() if package.name == VOICE and not package.present()]
    if not missing or asked.exists() or not may_install():
        return
    say("Installing espeak-ng, which speaks in the calls of the demo.")
    if not install_debian([VOICE]):
        say("It could not be had: the calls of the demo are spoken by a voice that nobody understands.")
    asked.parent.mkdir(parents=True, exist_ok=True)
    asked.write_text("")


# ---------------------------------------------------------------- the lock files


def lock() -> None:
    """Write the requirements files anew. None of them may name a host to download from."""
    uv = find_uv()
    compile_ = [
        uv,
        "pip",
        "compile",
        "--quiet",
        "--universal",
        "--python-version",
        "3.12",
        "--generate-hashes",
    ]
    compile_ += ["--no-emit-index-url", "--no-emit-find-links", "--no-annotate", "--upgrade"]
    compile_ += ["--custom-compile-command", "make lock"]
    failure = Stop(
        "The requirements could not be locked.", "`uv pip compile` failed.", "See its message above."
    )
    run([*compile_, "pyproject.toml", "-o", "requirements/run.txt"], failure)
    with_tools = ["--group", "dev", "-c", "requirements/run.txt"]
    run([*compile_, "pyproject.toml", *with_tools, "-o", "requirements/all.txt"], failure)
    for group in ("uv", "node"):
        run([*compile_, "--group", f"pyproject.toml:{group}", "-o", f"requirements/{group}.txt"], failure)
    if (ROOT / "package.json").exists():
        npm = find_node() / "npm"
        only_lock = ["install", "--package-lock-only", "--ignore-scripts", "--no-audit", "--no-fund"]
        run(
            [npm, *only_lock],
            Stop("The npm lock could not be written.", "npm failed.", "See its message above."),
        )


def main(arguments: Sequence[str]) -> int:
    """Do what the command line asks; 0 when ready, 1 with sentences when not."""
    parser = argparse.ArgumentParser(description="Make this folder ready to run or to test Muniment.")
    parser.add_argument("purpose", choices=["run", "test", "lock"])
    purpose = parser.parse_args(arguments).purpose
    try:
        with alone():
            if purpose == "lock":
                lock()
                return 0
            ready_environment()
            ready_pages()
            if purpose == "test":
                ready_debian()
            else:
                ready_voice()
    except Stop as stop:
        return explain(stop)
    except OSError as error:
        remedy = f"Make room, or see to it that you may write in {ROOT}; then run make again."
        return explain(Stop("The set-up could not read or write a file.", str(error), remedy))
    except KeyboardInterrupt:
        say("\nStopped. Run make again to go on.")
        return 130
    return 0


def explain(stop: Stop) -> int:
    """Say what happened, why, and what to do; the exit status that goes with it."""
    say(f"\n{stop.what}\n  Why: {stop.why}\n  What to do: {stop.remedy}")
    return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
