"""Who may deliver: networks by address."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from muniment.core.errors import WrongUseError


class AllowList:
    """The networks whose hosts may deliver; an empty list allows nobody."""

    def __init__(self, networks: Iterable[str]) -> None:
        try:
            self._networks: list[IPv4Network | IPv6Network] = [ip_network(text) for text in networks]
        except ValueError as error:
            raise WrongUseError(
                f"{error}.", remedy="Write a network as 192.0.2.0/24, or a host by its address alone."
            ) from error

    def allows(self, peer: str) -> bool:
        """Whether a client at this address may deliver."""
        try:
            address = ip_address(peer.partition("%")[0])
        except ValueError:
            return False
        if isinstance(address, IPv6Address) and address.ipv4_mapped:
            address = address.ipv4_mapped
        return any(address in network for network in self._networks)
