"""Whom this machine may ask over the network: the one rule for fetching, for visits and for webhooks.

Addresses come from strangers, and must not make this machine talk to its own network. So nobody is asked unless a
setting allows it; by default only public addresses, on the ports of the web, resolved first and then connected to as
resolved. Hosts that the operator names as trusted are asked wherever they are.
"""

import ipaddress
import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

from absah.kernel.errors import NotAllowed, Unavailable

#: A host and a port to the addresses it has now.
Resolver: TypeAlias = Callable[[str, int], Iterable[str]]
#: The ports of the web, by the scheme of an address.
PORTS: Final = {"http": 80, "https": 443}


class AddressRefused(NotAllowed):
    """An address that is not to be asked: no web address, a private one, another port. Parameters: host, problem."""

    code = "fetch.address-refused"


class AddressSilent(Unavailable):
    """Nobody answered in time, or the name is unknown. Parameter: host."""

    code = "fetch.address-silent"


class Reach(StrEnum):
    """Whom this machine may ask."""

    NOBODY = "nobody"
    PUBLIC = "public"
    ANYBODY = "anybody"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where to connect: an address that was judged, never a name."""

    address: str
    port: int


def resolve(host: str, port: int, /) -> Iterable[str]:
    """Every address of a host, as the machine resolves it. Raises AddressSilent."""
    try:
        return [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    except (OSError, UnicodeError):
        raise AddressSilent(host=host[:100]) from None


@dataclass(frozen=True, slots=True, kw_only=True)
class Guard:
    """The rule. `hosts` and `trusted` are patterns of names (`*.go.id`).

    No `hosts` means every host. `trusted` ones may be private, on any port, and without TLS. `tls_only` refuses
    `http` to all others.
    """

    reach: Reach
    hosts: tuple[str, ...] = ()
    trusted: tuple[str, ...] = ()
    tls_only: bool = False
    resolver: Resolver = resolve

    def check(self, host: str, port: int, /, *, scheme: str = "https") -> None:
        """What can be said of an address without asking anybody. Raises AddressRefused with the rule."""
        name = _plain(host)
        problem = self._problem(name, port, scheme)
        if problem:
            raise AddressRefused(host=name[:100], problem=problem)

    def place(self, host: str, port: int, /, *, scheme: str = "https") -> Place:
        """Where a host may be reached. Raises AddressRefused with the rule, AddressSilent."""
        self.check(host, port, scheme=scheme)
        name = _plain(host)
        found = tuple(self.resolver(name, port))
        if not found:
            raise AddressSilent(host=name[:100])
        if self._careful_with(name) and not all(map(is_public, found)):
            raise AddressRefused(host=name[:100], problem="private")
        return Place(address=found[0], port=port)

    def _problem(self, name: str, port: int, scheme: str) -> str:
        if self.reach is Reach.NOBODY:
            return "offline"
        if self.hosts and not _listed(name, self.hosts):
            return "not-listed"
        if self.tls_only and scheme != "https" and not _listed(name, self.trusted):
            return "plain"
        if self._careful_with(name):
            if port not in PORTS.values():
                return "port"
            if _is_private_number(name):
                return "private"
        return ""

    def _careful_with(self, name: str) -> bool:
        return self.reach is Reach.PUBLIC and not _listed(name, self.trusted)


def _plain(host: str) -> str:
    return host.lower().rstrip(".")


def _listed(name: str, patterns: tuple[str, ...]) -> bool:
    return any(fnmatchcase(name, pattern) for pattern in patterns)


def _is_private_number(name: str) -> bool:
    try:
        return not is_public(name)
    except ValueError:
        return name == "localhost" or name.endswith(".localhost")  # RFC 6761 §6.3


def is_public(number: str) -> bool:
    """Neither this machine, nor its network, nor what translates into either."""
    address = ipaddress.ip_address(number.partition("%")[0])
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)
        if address in _TRANSLATED:
            inner = ipaddress.IPv4Address(int(address) & 0xFFFF_FFFF)
        if inner is not None and not inner.is_global:
            return False
    return address.is_global and not address.is_multicast


_TRANSLATED: Final = ipaddress.IPv6Network("64:ff9b::/96")
