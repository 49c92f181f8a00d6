"""What a TLS client asks beyond RFC 5280, as far as x509-limbo and BetterTLS need it. No part of Absah: it verifies
no servers.

RFC 9525 §6.3: the name wanted is looked for among the alternative names only, and a star is one whole label.
"""

from datetime import datetime
from ipaddress import ip_address

from tests.conformance.paths.corpus import Case, from_pem

from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.validation.path.algorithm_rule import policy_rule
from absah.validation.path.certificate import Certificate, read_certificate
from absah.validation.path.crl import read_list
from absah.validation.path.general_names import Form, GeneralName
from absah.validation.path.inputs import DEFAULT_LIMITS, Inputs, TrustAnchor
from absah.validation.path.name_forms import NotAName, read_host
from absah.validation.path.refusals import Refusal
from absah.validation.path.revocation import ListedRevocation
from absah.validation.path.search import Pool, Search
from absah.validation.path.signatures import Signatures

#: For the cases that name no time (chains of real servers, kept for a while after they were recorded).
_TODAY = "2026-11-21T00:00:00+00:00"
_PURPOSES = {"serverAuth": "1.3.6.1.5.5.7.3.1", "clientAuth": "1.3.6.1.5.5.7.3.2"}
_KINDS = {"SERVER": "serverAuth", "CLIENT": "clientAuth"}


def judge(case: Case, /, *, strict: bool) -> str:
    """Why the case is refused; empty: it is accepted."""
    at = instant(datetime.fromisoformat(case["validation_time"] or _TODAY))
    try:
        leaf = read_certificate(from_pem(case["peer_certificate"]))
    except AbsahError as problem:
        return f"unreadable: {problem}"
    pool = Pool(
        (TrustAnchor.of(one) for one in readable(case["trusted_certs"])), readable(case["untrusted_intermediates"])
    )
    purposes = case["extended_key_usage"] or [_KINDS[case["validation_kind"]]]
    inputs = Inputs(
        at=at,
        extended_usage=frozenset(_PURPOSES[one] for one in purposes),
        maximum_intermediates=case["max_chain_depth"],
        algorithms=policy_rule(at.date()),
        strict=strict,
    )
    signatures = Signatures(DEFAULT_LIMITS.signatures)
    lists = [read_list(from_pem(one)) for one in case["crls"]]
    revocation = ListedRevocation(lists, pool, inputs, signatures) if lists else None
    found = Search.over(pool, inputs, signatures=signatures, revocation=revocation).find(leaf)
    if isinstance(found, Refusal):
        return f"{found.reason} {found.detail}"
    return "" if bears(leaf, case["expected_peer_name"]) else "name"


def readable(certificates: list[str], /) -> list[Certificate]:
    """A server sends what it likes: what cannot be read stands in no path."""
    found: list[Certificate] = []
    for text in certificates:
        try:
            found.append(read_certificate(from_pem(text)))
        except AbsahError:
            continue
    return found


def bears(leaf: Certificate, wanted: dict[str, str] | None, /) -> bool:
    return wanted is None or any(_is(name, wanted["kind"], wanted["value"]) for name in leaf.extensions.subject_names)


def _is(name: GeneralName, kind: str, value: str) -> bool:
    if kind == "DNS" and name.form is Form.DNS:
        try:
            host = read_host(str(name.value), wildcard=True)
        except NotAName:
            return False
        parent = value.lower().partition(".")[2]
        return host == value.lower() or (host.startswith("*.") and "." in parent and host[2:] == parent)
    if kind == "IP" and name.form is Form.IP:
        return name.value == ip_address(value).packed
    return False
