"""A certificate as path validation sees it: every field it needs, read once, in DER and nothing looser.

Reading says what stands there. The only judgements are those without which the bytes are no certificate of RFC 5280
§4.1: structure, one of each extension, versions that fit their fields. Serial numbers are taken as they are: long,
zero and negative ones exist, and say nothing about trust (§4.1.2.2: users "SHOULD be prepared to gracefully handle"
them).
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from absah.kernel.clock import Instant
from absah.pki import der
from absah.pki.algorithm_identifiers import AlgorithmUnknown, read_signature_algorithm
from absah.pki.algorithms import SignatureAlgorithm
from absah.validation.path import extensions as ext
from absah.validation.path.general_names import GeneralName
from absah.validation.path.names import Name, read_name

MAXIMUM_SIZE: Final = 64 * 1024
_KEPT: Final = 256
_KEPT_EXTENSIONS: Final = 1024
_SHORT: Final = 512
_VERSION_1, _VERSION_3 = 0, 2

#: Extensions that are read: identifier, name in `Extensions`, reader.
_READERS: Final = {
    "2.5.29.14": ("subject_key", ext.read_key_identifier),
    "2.5.29.15": ("key_usage", ext.read_key_usage),
    "2.5.29.17": ("subject_names", ext.read_names),
    "2.5.29.18": ("issuer_names", ext.read_names),
    "2.5.29.19": ("basic_constraints", ext.read_basic_constraints),
    "2.5.29.30": ("name_constraints", ext.read_name_constraints),
    "2.5.29.31": ("distribution_points", ext.read_distribution_points),
    "2.5.29.32": ("policies", ext.read_policies),
    "2.5.29.33": ("policy_mappings", ext.read_policy_mappings),
    "2.5.29.35": ("authority_key", ext.read_authority_key),
    "2.5.29.36": ("policy_constraints", ext.read_policy_constraints),
    "2.5.29.37": ("extended_key_usage", ext.read_extended_key_usage),
    "2.5.29.46": ("freshest_crl", ext.read_distribution_points),
    "2.5.29.54": ("inhibit_any_policy", ext.read_skip_certificates),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Extensions:
    """What a certificate's extensions say. None, or an empty tuple where none can be written: not there."""

    subject_key: bytes | None = None
    authority_key: ext.AuthorityKey | None = None
    key_usage: ext.KeyUsage | None = None
    extended_key_usage: frozenset[str] | None = None
    basic_constraints: ext.BasicConstraints | None = None
    name_constraints: ext.NameConstraints | None = None
    subject_names: tuple[GeneralName, ...] = ()
    issuer_names: tuple[GeneralName, ...] = ()
    distribution_points: tuple[ext.DistributionPoint, ...] = ()
    freshest_crl: tuple[ext.DistributionPoint, ...] = ()
    policies: tuple[ext.PolicyInformation, ...] = ()
    policy_mappings: tuple[tuple[str, str], ...] = ()
    policy_constraints: ext.PolicyConstraints | None = None
    inhibit_any_policy: int | None = None
    #: Identifier of every extension, and whether it is critical.
    critical: dict[str, bool] = field(default_factory=dict)

    @property
    def authority(self) -> bool:
        return self.basic_constraints is not None and self.basic_constraints.authority

    def allows(self, usage: ext.KeyUsage, /) -> bool:
        """Whether keyUsage permits this; without the extension everything is permitted (RFC 5280 §4.2.1.3)."""
        return self.key_usage is None or usage in self.key_usage


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A readable certificate. Equal to another when the bytes are equal."""

    der: bytes
    tbs: bytes = field(compare=False, repr=False)
    version: int = field(compare=False)
    serial: int = field(compare=False)
    issuer: Name = field(compare=False)
    subject: Name = field(compare=False)
    not_before: Instant = field(compare=False)
    not_after: Instant = field(compare=False)
    public_key: bytes = field(compare=False, repr=False)
    #: An identifier: nobody here knows the algorithm. None: the two fields that name it differ.
    signature_algorithm: SignatureAlgorithm | str | None = field(compare=False)
    signature: bytes = field(compare=False, repr=False)
    extensions: Extensions = field(compare=False)

    @property
    def self_issued(self) -> bool:
        """One name as issuer and subject (RFC 5280 §3.2). It says nothing about who signed."""
        return self.issuer == self.subject


@lru_cache(maxsize=_KEPT)
def read_certificate(certificate_der: bytes, /) -> Certificate:
    """The certificate; those read last are kept. Raises DerMalformed, DerTooLarge."""
    if len(certificate_der) > MAXIMUM_SIZE:
        raise der.DerTooLarge(what="certificate", size=len(certificate_der))
    fields = der.outermost(certificate_der, "certificate").reader()
    tbs, named, signature = fields.read(der.SEQUENCE), fields.read(der.SEQUENCE), fields.read(der.BIT_STRING)
    fields.finish()
    inside = tbs.reader()
    version = _read_version(inside.read_optional(0xA0))
    serial, algorithm, issuer = inside.read(der.INTEGER), inside.read(der.SEQUENCE), inside.read(der.SEQUENCE)
    validity = inside.read(der.SEQUENCE).reader()
    not_before, not_after = read_time(validity.read()), read_time(validity.read())
    validity.finish()
    subject, key = inside.read(der.SEQUENCE), inside.read(der.SEQUENCE)
    unique = (inside.read_optional(0x81), inside.read_optional(0x82))
    listed = inside.read_optional(0xA3)
    inside.finish()
    # RFC 5280 §4.1.2.1: unique identifiers need version 2, extensions version 3.
    if (any(unique) and version == _VERSION_1) or (listed is not None and version != _VERSION_3):
        raise tbs.refuse("version")
    return Certificate(
        der=certificate_der,
        tbs=tbs.encoded,
        version=version,
        serial=serial.integer(),
        issuer=read_name(issuer.encoded),
        subject=read_name(subject.encoded),
        not_before=not_before,
        not_after=not_after,
        public_key=key.encoded,
        signature_algorithm=read_algorithm(named) if named.encoded == algorithm.encoded else None,
        # One with unused bits is no signature of any algorithm; it verifies with no key.
        signature=signature.content[1:] if signature.content[:1] == b"\x00" else b"",
        extensions=Extensions() if listed is None else _read_extensions(listed),
    )


def _read_version(element: der.Element | None) -> int:
    if element is None:
        return _VERSION_1
    fields = element.reader()
    version = fields.read(der.INTEGER).integer()
    fields.finish()
    if not _VERSION_1 < version <= _VERSION_3:  # DER does not write the default
        raise element.refuse("version")
    return version


@lru_cache(maxsize=_KEPT)
def _read_algorithm_bytes(encoded: bytes) -> SignatureAlgorithm | str:
    element = der.outermost(encoded, "algorithm")
    try:
        return read_signature_algorithm(element)
    except AlgorithmUnknown:
        return element.reader().read(der.OID).oid()


def read_algorithm(element: der.Element, /) -> SignatureAlgorithm | str:
    """Ours, or the identifier of one that this house does not know. Raises DerMalformed."""
    return _read_algorithm_bytes(element.encoded)


def read_time(element: der.Element, /) -> Instant:
    """RFC 5280 §4.1.2.5: seconds are there, fractions are not, and the zone is Z."""
    text = element.content
    if element.tag == der.UTC_TIME and len(text) == 13:
        text = (b"20" if text[:2] < b"50" else b"19") + text
    elif element.tag != der.GENERALIZED_TIME:
        raise element.refuse("time")
    if len(text) != 15 or text[14:] != b"Z" or not text[:14].isdigit():
        raise element.refuse("time")
    parts = (int(text[:4]), *(int(text[at : at + 2]) for at in range(4, 14, 2)))
    try:
        return Instant(datetime(*parts, tzinfo=UTC))  # type: ignore[arg-type,misc]  # six numbers, as it wants them
    except ValueError:
        raise element.refuse("time") from None


def _read_extensions(listed: der.Element) -> Extensions:
    outer = listed.reader()
    found: dict[str, Any] = {}
    critical: dict[str, bool] = {}
    entries = outer.read(der.SEQUENCE)
    outer.finish()
    for element in entries.reader():
        encoded = element.encoded
        read = _read_known if len(encoded) <= _SHORT else _read_known.__wrapped__
        identifier, is_critical, field_name, value = read(encoded)
        if identifier in critical:  # RFC 5280 §4.2: "MUST NOT include more than one instance"
            raise element.refuse("duplicate-extension")
        critical[identifier] = is_critical
        if field_name:
            found[field_name] = value
    if not critical:
        raise listed.refuse("extensions")
    return Extensions(critical=critical, **found)


@lru_cache(maxsize=_KEPT_EXTENSIONS)
def _read_known(encoded: bytes) -> tuple[str, bool, str, object]:
    """Identifier, criticality, name in `Extensions` and value. Certificates of one issuer say much the same."""
    identifier, critical, content = read_extension(der.Reader(encoded, "extension").read())
    known = _READERS.get(identifier)
    if known is None:
        return identifier, critical, "", None
    return identifier, critical, known[0], ext.parse_value(content, known[1])


def read_extension(element: der.Element, /) -> tuple[str, bool, bytes]:
    """Identifier, criticality and the DER of the value. Raises DerMalformed."""
    fields = element.reader()
    identifier = fields.read(der.OID).oid()
    flag = fields.read_optional(der.BOOLEAN)
    content = fields.read(der.OCTET_STRING).content
    fields.finish()
    # X.690 §11.5 wants FALSE left out; several authorities of the past wrote it, and it changes nothing.
    return identifier, flag is not None and flag.boolean(), content
