"""Names of servers in a certificate: what may stand in a dNSName, and what a public certificate never names.

ASCII labels only: whoever has a name in another script writes it in its A-label form (xn--, RFC 5890).
"""

import re
from typing import Final, NewType

from absah.kernel.errors import BadInput, RuleBroken
from absah.kernel.refs import Citation, Norm

#: Lower case, no final dot; may begin with `*.`.
DnsName = NewType("DnsName", str)

_LABEL: Final = re.compile(r"[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?")
_LONGEST: Final = 253
_MOST: Final = 100
#: RFC 6761, RFC 6762 and RFC 8375, `internal` (reserved by ICANN in 2024), and the usual names of inner networks.
_INNER: Final = frozenset(
    {"local", "localhost", "internal", "intranet", "private", "corp", "home", "lan", "arpa", "onion", "test", "invalid"}
)
_COUNTRY_CODE: Final = 2


class DnsNameRefused(BadInput):
    """No name of a server that a certificate can carry. Parameters: name, problem."""

    code = "pki.dns-name-refused"


class DnsNameInner(RuleBroken):
    """A name of an inner network: nobody can show the world that it is theirs. Parameter: name."""

    code = "pki.dns-name-inner"
    citation = Citation(norm=Norm.CABF_TLS_BR, clause="7.1.2.7.12")


def parse_dns_name(written: str, /, *, inner_allowed: bool = False) -> DnsName:
    """A name as a certificate carries it. Raises DnsNameRefused, DnsNameInner (unless inner names are allowed)."""
    name = written.strip().lower().removesuffix(".")
    shown = name[:80]
    wildcard = name.startswith("*.")
    labels = name.removeprefix("*.").split(".")
    problem = ""
    if len(name) > _LONGEST or not all(_LABEL.fullmatch(label) for label in labels):
        problem = "label"
    elif labels[-1].isdecimal():
        problem = "address"  # RFC 1123 §2.1: what ends in digits is an address
    elif len(labels) < 2:
        problem = "one-label"
    elif wildcard and len(labels) < _fewest_under_wildcard(labels[-1]):
        problem = "wildcard-too-wide"
    if problem:
        raise DnsNameRefused(name=shown, problem=problem)
    if labels[-1] in _INNER and not inner_allowed:
        raise DnsNameInner(name=shown)
    return DnsName(name)


def _fewest_under_wildcard(top: str) -> int:
    """`*.go.id` would speak for every agency: below a country code a wildcard needs three labels, elsewhere two."""
    return 3 if len(top) == _COUNTRY_CODE else 2


def parse_dns_names(written: tuple[str, ...], /, *, inner_allowed: bool = False) -> tuple[DnsName, ...]:
    """At least one, at most a hundred, each once, in the order written. Raises like `parse_dns_name`."""
    names = tuple(dict.fromkeys(parse_dns_name(name, inner_allowed=inner_allowed) for name in written))
    if not 1 <= len(names) <= _MOST:
        raise DnsNameRefused(name="", problem=f"1 .. {_MOST}")
    return names


def domain_to_prove(name: DnsName, /) -> DnsName:
    """Whose control a name needs: its own, and for a wildcard that of the name below the star."""
    return DnsName(name.removeprefix("*."))


def is_covered(name: DnsName, proven: DnsName, /) -> bool:
    """Whether control of `proven` by DNS speaks for a name: itself or below it (BR 3.2.2.4.7)."""
    bare = domain_to_prove(name)
    return bare == proven or bare.endswith(f".{proven}")
