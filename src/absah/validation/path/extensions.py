"""The extensions that path validation processes, read from DER once per certificate.

Reading is strict: an extension that breaks its own structure makes the certificate unreadable, critical or not. What
is not known here keeps its identifier and criticality, and `validation` refuses it where it is critical.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import IntFlag
from typing import Final

from absah.pki import der
from absah.validation.path.general_names import GeneralName, read_general_name, read_general_names
from absah.validation.path.names import Attribute, read_relative_name

ANY_POLICY: Final = "2.5.29.32.0"
USER_NOTICE: Final = "1.3.6.1.5.5.7.2.2"


class KeyUsage(IntFlag):
    """RFC 5280 §4.2.1.3: bit 0 is the most significant of the first octet; here it is 1."""

    DIGITAL_SIGNATURE = 1
    CONTENT_COMMITMENT = 2
    KEY_ENCIPHERMENT = 4
    DATA_ENCIPHERMENT = 8
    KEY_AGREEMENT = 16
    KEY_CERT_SIGN = 32
    CRL_SIGN = 64
    ENCIPHER_ONLY = 128
    DECIPHER_ONLY = 256


class Reasons(IntFlag):
    """ReasonFlags (RFC 5280 §4.2.1.13), in the same order of bits."""

    UNUSED = 1
    KEY_COMPROMISE = 2
    CA_COMPROMISE = 4
    AFFILIATION_CHANGED = 8
    SUPERSEDED = 16
    CESSATION_OF_OPERATION = 32
    CERTIFICATE_HOLD = 64
    PRIVILEGE_WITHDRAWN = 128
    AA_COMPROMISE = 256


ALL_REASONS: Final = Reasons(0b1_1111_1110)


@dataclass(frozen=True, slots=True, kw_only=True)
class BasicConstraints:
    """Whether the subject is an authority, and how many more may follow below it."""

    authority: bool
    path_length: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyInformation:
    """A certificate policy and what the issuer says about it: (qualifier identifier, DER)."""

    policy: str
    qualifiers: tuple[tuple[str, bytes], ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyConstraints:
    """After how many further certificates a policy is required, or mapping is forbidden. None: not said."""

    require_explicit: int | None
    inhibit_mapping: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class NameConstraints:
    """Subtrees that names below must lie in, or must not."""

    permitted: tuple[GeneralName, ...]
    excluded: tuple[GeneralName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class DistributionPoint:
    """Where revocation is told: full names, or a name relative to the CRL's issuer; which reasons; by whom."""

    full_name: tuple[GeneralName, ...]
    relative_name: frozenset[Attribute] | None
    reasons: Reasons | None
    crl_issuer: tuple[GeneralName, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class AuthorityKey:
    """How an issuer says which of its keys it used."""

    identifier: bytes | None
    issuer: tuple[GeneralName, ...]
    serial: int | None


def read_bits(element: der.Element, /) -> int:
    """A named bit list: bit 0 of the norm becomes 1, bit 1 becomes 2, and so on. Raises DerMalformed."""
    content = element.content
    if not content or content[0] > 7 or (len(content) == 1 and content[0]):
        raise element.refuse("bit-string")
    bits = "".join(f"{octet:08b}" for octet in content[1:])
    return int(bits[::-1] or "0", 2)


def read_key_usage(value: der.Element) -> KeyUsage:
    if value.tag != der.BIT_STRING:
        raise value.refuse("key-usage")
    return KeyUsage(read_bits(value) & 0x1FF)


def read_reasons(value: der.Element, /) -> Reasons:
    """ReasonFlags, under whatever tag they bear. Raises DerMalformed."""
    return Reasons(read_bits(value) & 0x1FF)


def read_basic_constraints(value: der.Element) -> BasicConstraints:
    fields = _fields(value)
    flag = fields.read_optional(der.BOOLEAN)
    length = fields.read_optional(der.INTEGER)
    fields.finish()
    limit = None if length is None else length.integer()
    if limit is not None and limit < 0:
        raise value.refuse("path-length")
    return BasicConstraints(authority=flag is not None and flag.boolean(), path_length=limit)


def read_extended_key_usage(value: der.Element) -> frozenset[str]:
    found = frozenset(_tagged(element, der.OID).oid() for element in _fields(value))
    if not found:
        raise value.refuse("extended-key-usage")
    return found


def read_key_identifier(value: der.Element) -> bytes:
    return _tagged(value, der.OCTET_STRING).content


def read_authority_key(value: der.Element) -> AuthorityKey:
    fields = _fields(value)
    identifier, issuer, serial = (fields.read_optional(tag) for tag in (0x80, 0xA1, 0x82))
    fields.finish()
    return AuthorityKey(
        identifier=None if identifier is None else identifier.content,
        issuer=() if issuer is None else read_general_names(issuer.reader()),
        serial=None if serial is None else serial.integer(),
    )


def read_names(value: der.Element) -> tuple[GeneralName, ...]:
    return read_general_names(_fields(value))


def read_policies(value: der.Element) -> tuple[PolicyInformation, ...]:
    found = tuple(_read_policy(element) for element in _fields(value))
    # RFC 5280 §4.2.1.4: "A certificate policy OID MUST NOT appear more than once"
    if not found or len({information.policy for information in found}) < len(found):
        raise value.refuse("policies")
    return found


def _read_policy(element: der.Element) -> PolicyInformation:
    fields = _fields(element)
    policy = fields.read(der.OID).oid()
    qualifiers: list[tuple[str, bytes]] = []
    if not fields.at_end:
        for one in fields.read(der.SEQUENCE).reader():
            parts = _fields(one)
            qualifiers.append((parts.read(der.OID).oid(), parts.read().encoded))
            parts.finish()
    fields.finish()
    return PolicyInformation(policy=policy, qualifiers=tuple(qualifiers))


def read_policy_mappings(value: der.Element) -> tuple[tuple[str, str], ...]:
    found: list[tuple[str, str]] = []
    for element in _fields(value):
        fields = _fields(element)
        found.append((fields.read(der.OID).oid(), fields.read(der.OID).oid()))
        fields.finish()
    if not found:
        raise value.refuse("policy-mappings")
    return tuple(found)


def read_policy_constraints(value: der.Element) -> PolicyConstraints:
    fields = _fields(value)
    explicit, mapping = (fields.read_optional(tag) for tag in (0x80, 0x81))
    fields.finish()
    if explicit is None and mapping is None:  # RFC 5280 §4.2.1.11: not an empty sequence
        raise value.refuse("policy-constraints")
    return PolicyConstraints(require_explicit=_skip(explicit), inhibit_mapping=_skip(mapping))


def read_skip_certificates(value: der.Element) -> int:
    skip = _skip(_tagged(value, der.INTEGER))
    assert skip is not None  # noqa: S101  (None only for an absent element)
    return skip


def _skip(element: der.Element | None) -> int | None:
    if element is None:
        return None
    count = element.integer()
    if count < 0:
        raise element.refuse("skip-certificates")
    return count


def read_name_constraints(value: der.Element) -> NameConstraints:
    fields = _fields(value)
    permitted, excluded = (fields.read_optional(tag) for tag in (0xA0, 0xA1))
    fields.finish()
    if permitted is None and excluded is None:  # RFC 5280 §4.2.1.10: not an empty sequence
        raise value.refuse("name-constraints")
    return NameConstraints(permitted=_read_subtrees(permitted), excluded=_read_subtrees(excluded))


def _read_subtrees(trees: der.Element | None) -> tuple[GeneralName, ...]:
    if trees is None:
        return ()
    found: list[GeneralName] = []
    for element in trees.reader():
        fields = _fields(element)
        found.append(read_general_name(fields.read()))
        # RFC 5280 §4.2.1.10: "minimum MUST be zero, and maximum MUST be absent"; zero is the default, so not written.
        fields.finish()
    if not found:
        raise trees.refuse("name-constraints")
    return tuple(found)


def read_distribution_points(value: der.Element) -> tuple[DistributionPoint, ...]:
    found = tuple(_read_point(element) for element in _fields(value))
    if not found:
        raise value.refuse("distribution-points")
    return found


def _read_point(element: der.Element) -> DistributionPoint:
    fields = _fields(element)
    name, reasons, issuer = (fields.read_optional(tag) for tag in (0xA0, 0x81, 0xA2))
    fields.finish()
    full_name, relative_name = read_point_name(name)
    return DistributionPoint(
        full_name=full_name,
        relative_name=relative_name,
        reasons=None if reasons is None else read_reasons(reasons),
        crl_issuer=() if issuer is None else read_general_names(issuer.reader()),
    )


def read_point_name(name: der.Element | None, /) -> tuple[tuple[GeneralName, ...], frozenset[Attribute] | None]:
    """DistributionPointName: full names, or a relative one. Raises DerMalformed."""
    if name is None:
        return (), None
    fields = name.reader()
    choice = fields.read()
    fields.finish()
    match choice.tag:
        case 0xA0:
            return read_general_names(choice.reader()), None
        case 0xA1:
            return (), read_relative_name(choice.content)
        case _:
            raise choice.refuse("distribution-point-name")


def _tagged(element: der.Element, tag: int) -> der.Element:
    if element.tag != tag:
        raise element.refuse("unexpected-element")
    return element


def _fields(element: der.Element) -> der.Reader:
    return _tagged(element, der.SEQUENCE).reader()


def parse_value(content: bytes, read: Callable[[der.Element], object], /) -> object:
    """The value in an extension's OCTET STRING, of which nothing may be left over. Raises DerMalformed."""
    fields = der.Reader(content, "extension")
    element = fields.read()
    fields.finish()
    return read(element)
