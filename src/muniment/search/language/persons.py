"""`person:` becomes the person's addresses, so that the ledger shows what was searched."""

from collections.abc import Callable

from muniment.core.errors import WrongUseError
from muniment.search.language.syntax import And, Node, Not, Or, Party, Person, all_of, any_of

type AddressesOf = Callable[[str], tuple[str, ...]]
"""All addresses of the person with this name or id; empty if there is no such person."""


def resolve(node: Node, addresses_of: AddressesOf) -> Node:
    """The tree with every `person:` replaced; WrongUseError where the name fits nobody."""
    match node:
        case And(parts):
            return all_of([resolve(part, addresses_of) for part in parts])
        case Or(parts):
            return any_of([resolve(part, addresses_of) for part in parts])
        case Not(part):
            return Not(resolve(part, addresses_of))
        case Person(name):
            found = addresses_of(name)
            if not found:
                raise WrongUseError(
                    f"Nobody here is called {name}.",
                    why="person: looks for a name or an id among the organisation's people.",
                    remedy="Look the person up under People, or write party: and an address.",
                )
            return any_of([Party("party", address.lower()) for address in found])
        case _:
            return node
