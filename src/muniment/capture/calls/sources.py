"""Who may have calls recorded: sources by network and by the names in their certificates."""

from collections.abc import Iterable
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network

from muniment.capture.calls.sip.flows import Flow
from muniment.capture.calls.trials import Trials
from muniment.core.call_settings import CallSource
from muniment.core.errors import WrongUseError


class Sources:
    """Finds the source that speaks on a flow; the first that fits."""

    def __init__(self, sources: Iterable[CallSource]) -> None:
        self._sources = [(source, _networks(source)) for source in sources]
        self.trials = Trials()

    def of(self, flow: Flow) -> CallSource | None:
        """The source, None for a stranger. A test call speaks for the source that it tries."""
        if trial := self.trials.of(flow):
            return trial
        return next((source for source, networks in self._sources if _fits(source, networks, flow)), None)

    def fits(self, source: CallSource, flow: Flow) -> bool:
        """Whether it can be this source that speaks on a flow."""
        return any(each is source and _fits(source, networks, flow) for each, networks in self._sources)

    def may_connect(self, host: str) -> bool:
        """Whether somebody at an address could be a source, before any certificate was seen."""
        known = any(not networks or _within(host, networks) for _, networks in self._sources)
        return known or self.trials.from_host(host)

    def reaches(self, source: CallSource, host: str) -> bool:
        """Whether a numeric host lies in the networks of a source."""
        known = any(each is source and _within(host, networks) for each, networks in self._sources)
        return known or self.trials.from_host(host)

    def named(self, organisation: str, name: str) -> CallSource | None:
        """An organisation's source by its name."""
        fitting = (
            each for each, _ in self._sources if (each.organisation, each.name) == (organisation, name)
        )
        return next(fitting, None)


def _fits(source: CallSource, networks: list[IPv4Network | IPv6Network], flow: Flow) -> bool:
    wanted = {name.lower() for name in source.certificate_names}
    named = not wanted or bool(wanted & {name.lower() for name in flow.names})
    return named and (not networks or _within(flow.peer.host, networks))


def _networks(source: CallSource) -> list[IPv4Network | IPv6Network]:
    try:
        return [ip_network(text) for text in source.networks]
    except ValueError as error:
        raise WrongUseError(
            f"{error}.", remedy="Write a network as 192.0.2.0/24, or a host by its address alone."
        ) from error


def _within(host: str, networks: list[IPv4Network | IPv6Network]) -> bool:
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return False
    if isinstance(address, IPv6Address) and address.ipv4_mapped:
        address = address.ipv4_mapped
    return any(address in network for network in networks)
