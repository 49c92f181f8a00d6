"""Which hosts a visit may reach: by a list of names, by port, and by the address that a name resolves to."""

import socket
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Final, TypeAlias

from absah.adapters.web_fetch import AddressRefused, AddressSilent, Reach, is_public

#: A host and a port to the addresses it has now.
Resolver: TypeAlias = Callable[[str, int], Iterable[str]]
_PORTS: Final = {80, 443}


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
    """The rule of a visit. `hosts` are patterns (`*.go.id`); none of them means every host."""

    reach: Reach
    hosts: tuple[str, ...] = ()
    resolver: Resolver = resolve

    def place(self, host: str, port: int, /) -> Place:
        """Where a host may be reached. Raises AddressRefused with the rule, AddressSilent."""
        name = host.lower().rstrip(".")
        if self.reach is Reach.NOBODY:
            raise AddressRefused(host=name[:100], problem="offline")
        if self.hosts and not any(fnmatchcase(name, pattern) for pattern in self.hosts):
            raise AddressRefused(host=name[:100], problem="not-listed")
        if self.reach is Reach.PUBLIC and port not in _PORTS:
            raise AddressRefused(host=name[:100], problem="port")
        found = tuple(self.resolver(name, port))
        if not found:
            raise AddressSilent(host=name[:100])
        if self.reach is Reach.PUBLIC and not all(map(is_public, found)):
            raise AddressRefused(host=name[:100], problem="private")
        return Place(address=found[0], port=port)
