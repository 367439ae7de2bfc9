"""`muniment bench`: measures one thing against its limit, alternately in the same run."""

from contextlib import chdir
from importlib import import_module
from pathlib import Path
from pkgutil import iter_modules
from typing import Annotated

import msgspec
import typer

from muniment import bench
from muniment.core.errors import WrongUseError

MEASURES = "\ndef measure("


def command(
    name: Annotated[str, typer.Argument(help="What to measure; `list` names all.")],
    folder: Annotated[
        Path | None, typer.Option(help="Where to make files, which are removed again; else here.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print one JSON document.")] = False,
) -> None:
    """Measure one thing against a physical limit or a peer."""
    names = benchmarks()
    if name == "list":
        typer.echo(msgspec.json.encode(names).decode() if as_json else "\n".join(names))
        return
    if name not in names:
        raise WrongUseError(f"There is no benchmark {name}.", remedy=f"There are: {', '.join(names)}.")
    if folder is not None and not folder.is_dir():
        raise WrongUseError(f"There is no folder {folder}.")
    with chdir(folder or Path.cwd()):
        figure = import_module(f"muniment.bench.{names[name]}").measure()
    if as_json:
        typer.echo(msgspec.json.encode(figure).decode())
        return
    low, high = figure.spread
    typer.echo(f"{figure.name}: {figure.ours:,} {figure.unit} of {figure.limit:,}: ratio {figure.ratio}")
    typer.echo(f"  middle half of the ratios {low} to {high}; the limit is {figure.limit_is}")
    for what, value in figure.details.items():
        typer.echo(f"  {what}: {value:,}")


def benchmarks() -> dict[str, str]:
    """Each benchmark with its module: those in `muniment.bench` that measure something.

    None is loaded: each loads the rooms that it measures.
    """
    names = {}
    for module in iter_modules(bench.__path__):
        source = Path(bench.__path__[0], f"{module.name}.py")
        if MEASURES in source.read_text():
            names[module.name.rstrip("_")] = module.name
    return names
