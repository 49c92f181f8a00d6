"""What is missing to judge a document, and where its certificates say that it can be had.

Pure: nothing is fetched here. Whoever may reach the network (`absah.adapters.status_fetch`) asks, lays the answers
beside the register, and validates again; a status from the network is judged like any other.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtensionOID

from absah.kernel.errors import AbsahError
from absah.pki.tsp import read_timestamp_token
from absah.validation.certificates import KnownCertificate, read_certificate
from absah.validation.context import ValidationContext, gather_knowledge
from absah.validation.evidence import DocumentEvidence
from absah.validation.material import Knowledge
from absah.validation.moments import Existence, Moment
from absah.validation.path.general_names import Form
from absah.validation.paths import find_paths, known_issuers
from absah.validation.revocation import StatusUnknown, status_at
from absah.validation.revocation_sources import Question

MAXIMUM_NEEDS: Final = 24
_MAXIMUM_ADDRESSES: Final = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class StatusNeeded:
    """Whether this certificate of this issuer (DER) is revoked, and the addresses of responders and lists."""

    certificate: bytes
    issuer: bytes
    responders: tuple[str, ...]
    lists: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class IssuerNeeded:
    """Who issued this certificate (DER), and the addresses of its issuer's certificate."""

    certificate: bytes
    addresses: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """All of it; certificates that say no address are left out."""

    issuers: tuple[IssuerNeeded, ...] = ()
    statuses: tuple[StatusNeeded, ...] = ()


def find_needs(evidence: DocumentEvidence, context: ValidationContext, /) -> Needs:
    """Issuers that nobody knows, and certificates in force whose status nobody knows freshly."""
    knowledge = gather_knowledge(evidence, context)
    issuers: dict[bytes, IssuerNeeded] = {}
    statuses: dict[bytes, StatusNeeded] = {}
    for leaf in _leaves(evidence, knowledge):
        paths = find_paths(leaf, knowledge)
        chain = paths[0].certificates if paths else known_issuers(leaf, knowledge)
        if not paths and (addresses := _information(chain[-1], AuthorityInformationAccessOID.CA_ISSUERS)):
            issuers[chain[-1].der] = IssuerNeeded(certificate=chain[-1].der, addresses=addresses)
        for position in range(len(chain) - 1):
            need = _status_needed(Question(certificate=chain[position], above=chain[position + 1 :]), knowledge)
            if need is not None:
                statuses[need.certificate] = need
    return Needs(issuers=tuple(issuers.values())[:MAXIMUM_NEEDS], statuses=tuple(statuses.values())[:MAXIMUM_NEEDS])


def _leaves(evidence: DocumentEvidence, knowledge: Knowledge) -> Iterator[KnownCertificate]:
    """Signers and time-stamping units, each once."""
    found: dict[bytes, KnownCertificate] = {}
    for one in evidence.readable:
        for signer in _signers(one.cms, knowledge):
            found.setdefault(signer.der, signer)
    yield from found.values()


def _signers(cms: bytes, knowledge: Knowledge) -> Iterator[KnownCertificate]:
    containers = knowledge.memory.containers
    try:
        signed = containers.signed_data(cms)
    except AbsahError:
        return
    for signer in signed.signers:
        sent = signed.certificate_of(signer)
        certificate = None if sent is None else read_certificate(sent)
        if certificate is not None:
            yield certificate
        for token in signer.signature_timestamps:
            try:
                stamp = read_timestamp_token(containers.signed_data(token))
            except AbsahError:
                continue
            unit = None if stamp.signer_certificate is None else read_certificate(stamp.signer_certificate)
            if unit is not None:
                yield unit


def _status_needed(question: Question, knowledge: Knowledge) -> StatusNeeded | None:
    certificate = question.certificate
    if certificate.not_after < knowledge.now:  # nobody tells the status of what has ended
        return None
    now = knowledge.now
    moment = Moment(at=now, proven=False, fresh_at=now, existence=Existence(now=now))
    if not isinstance(status_at(question, moment, now, knowledge), StatusUnknown):
        return None
    responders = _information(certificate, AuthorityInformationAccessOID.OCSP)
    lists = _list_addresses(certificate)
    if not responders and not lists:
        return None
    return StatusNeeded(certificate=certificate.der, issuer=question.issuer.der, responders=responders, lists=lists)


def _list_addresses(certificate: KnownCertificate) -> tuple[str, ...]:
    listed = certificate.parsed.extensions
    names = (
        name.value
        for point in (*listed.distribution_points, *listed.freshest_crl)
        for name in point.full_name
        if name.form is Form.URI and isinstance(name.value, str)
    )
    return tuple(dict.fromkeys(names))[:_MAXIMUM_ADDRESSES]


def _information(certificate: KnownCertificate, method: x509.ObjectIdentifier) -> tuple[str, ...]:
    """The addresses of authorityInfoAccess (RFC 5280 §4.2.2.1) for one purpose."""
    try:
        listed = certificate.view.extensions.get_extension_for_oid(ExtensionOID.AUTHORITY_INFORMATION_ACCESS).value
    except (x509.ExtensionNotFound, ValueError):
        return ()
    assert isinstance(listed, x509.AuthorityInformationAccess)  # noqa: S101  (what this OID means)
    places = (one.access_location for one in listed if one.access_method == method)
    addresses = (place.value for place in places if isinstance(place, x509.UniformResourceIdentifier))
    return tuple(dict.fromkeys(addresses))[:_MAXIMUM_ADDRESSES]
