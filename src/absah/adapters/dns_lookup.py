"""Looking things up in DNS: TXT records for the control of domains, and the CAA records that speak for a name.

dnspython does the asking. Nothing is taken from a cache of ours: who publishes a token wants it seen now.
"""

from typing import Final, Protocol, final

import dns.exception
import dns.flags
import dns.rdatatype
import dns.resolver
from dns.rdtypes.ANY.CAA import CAA
from dns.rdtypes.ANY.TXT import TXT

from absah.kernel.errors import Unavailable
from absah.pki.dns_names import DnsName
from absah.pki.domain_control import CaaRecord

_SECONDS: Final = 8.0
_MOST_RECORDS: Final = 100


class DnsSilent(Unavailable):
    """No name server gave an answer that can be used. Parameters: name, problem."""

    code = "fetch.dns-silent"


class DnsLookup(Protocol):
    """What the control of domains asks of DNS."""

    def txt(self, name: str, /) -> tuple[str, ...]:
        """The TXT records of a name; none where there is no such name. Raises DnsSilent."""
        ...

    def caa(self, domain: DnsName, /) -> tuple[CaaRecord, ...]:
        """The CAA records nearest above a name, itself first (RFC 8659 §3). Raises DnsSilent."""
        ...


@final
class SystemDns:
    """Asks name servers: those given, or those of the machine."""

    def __init__(self, servers: tuple[str, ...] = (), /, *, port: int = 53) -> None:
        self._resolver = dns.resolver.Resolver(configure=not servers)
        if servers:
            self._resolver.nameservers = list(servers)
            self._resolver.port = port
        self._resolver.lifetime = _SECONDS
        self._resolver.cache = None

    def txt(self, name: str, /) -> tuple[str, ...]:
        answer = self._ask(name, dns.rdatatype.TXT)
        return tuple(
            b"".join(record.strings).decode("ascii", "replace") for record in answer if isinstance(record, TXT)
        )

    def caa(self, domain: DnsName, /) -> tuple[CaaRecord, ...]:
        labels = domain.removeprefix("*.").split(".")
        for start in range(len(labels)):
            if found := self._ask(".".join(labels[start:]), dns.rdatatype.CAA):
                return tuple(
                    CaaRecord(
                        critical=bool(record.flags & 0x80),
                        tag=record.tag.decode("ascii", "replace"),
                        value=record.value.decode("ascii", "replace"),
                    )
                    for record in found
                    if isinstance(record, CAA)
                )
        return ()

    def _ask(self, name: str, kind: dns.rdatatype.RdataType) -> list[dns.rdata.Rdata]:
        try:
            answer = self._resolver.resolve(f"{name}.", kind, search=False, raise_on_no_answer=False)
        except dns.resolver.NXDOMAIN:
            return []
        except dns.exception.DNSException as problem:
            raise DnsSilent(name=name[:100], problem=type(problem).__name__) from problem
        return list(answer.rrset or ())[:_MOST_RECORDS]
