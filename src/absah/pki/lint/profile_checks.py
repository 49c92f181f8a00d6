"""Whether a certificate is what its profile says: a list of checks compiled once per profile.

The profile itself is lawful by construction (`absah.pki.profiles`); here its certificate is compared with it, field by
field, so that a slip of the builder is caught before the key is used.
"""

from collections.abc import Iterator
from functools import cache, partial

from cryptography import x509
from cryptography.x509.oid import AuthorityInformationAccessOID, NameOID

from absah.kernel.clock import instant
from absah.kernel.errors import AbsahError
from absah.kernel.refs import Norm
from absah.pki import oids
from absah.pki.algorithms import key_algorithm_of
from absah.pki.lint.findings import Finding
from absah.pki.lint.subject import Check, Linted, error
from absah.pki.names import AuthorityName, IndividualName, MachineName, SealName, ServerName, SubjectName
from absah.pki.profiles import Authority, Endpoint, KeyUsage, Profile, Purpose, Validity

_MINIMUM_SERIAL_BITS = 64
_SUBJECTS: dict[Purpose, type[SubjectName]] = {
    Purpose.ROOT_CA: AuthorityName,
    Purpose.ISSUING_CA: AuthorityName,
    Purpose.LINK_CA: AuthorityName,
    Purpose.TIME_STAMPING: AuthorityName,
    Purpose.OCSP_RESPONDER: AuthorityName,
    Purpose.INDIVIDUAL_SIGNATURE: IndividualName,
    Purpose.ORGANISATION_SEAL: SealName,
    Purpose.TLS_SERVER: ServerName,
    Purpose.TLS_CLIENT: MachineName,
    Purpose.APPLICATION: MachineName,
}


def subject_kind_of(purpose: Purpose, /) -> type[SubjectName]:
    """The kind of name that a purpose takes."""
    return _SUBJECTS[purpose]


def _cps(clause: str, fact: str, message: str) -> Finding:
    return error(Norm.ABSAH_CPS, clause, fact, message)


def check_serial_entropy(_: Profile, linted: Linted) -> Iterator[Finding]:
    if linted.certificate.serial_number.bit_length() <= _MINIMUM_SERIAL_BITS:
        yield _cps("7.1.1", "serial_short", "The serial number has fewer than 64 random bits.")


def check_subject(profile: Profile, linted: Linted) -> Iterator[Finding]:
    kind = subject_kind_of(profile.purpose)
    try:
        kind.from_x509(linted.certificate.subject)
    except AbsahError as problem:
        yield _cps("7.1.4", "subject", f"The subject is not the {kind.__name__} of this profile: {problem.code}.")


def check_issuer(profile: Profile, linted: Linted) -> Iterator[Finding]:
    # EN 319 412-2 GEN-4.2.3.1-2: countryName, organizationName and commonName at least.
    present = {attribute.oid for attribute in linted.certificate.issuer}
    if not {NameOID.COUNTRY_NAME, NameOID.ORGANIZATION_NAME, NameOID.COMMON_NAME} <= present:
        yield error(Norm.EN_319_412_2, "gen-4.2.3.1-2", "issuer_attribute_absent", "The issuer lacks C, O or CN.")
    # A link between roots of one name is self-issued (RFC 5280 §3.2), between roots of two names it is not.
    if profile.purpose is not Purpose.LINK_CA and linted.is_self_issued is not (profile.purpose is Purpose.ROOT_CA):
        yield _cps("7.1.4", "self_issued", "A root, and nothing else, is issued by itself.")


def check_validity_length(profile: Profile, linted: Linted) -> Iterator[Finding]:
    certificate = linted.certificate
    validity = Validity(
        not_before=instant(certificate.not_valid_before_utc), not_after=instant(certificate.not_valid_after_utc)
    )
    issued_on = (validity.not_before + profile.backdate).date()
    limit = profile.max_validity_on(issued_on)
    if validity.duration > limit:
        yield _cps("6.3.2", "validity_too_long", f"Valid for more than {limit.days} days.")


def check_key(profile: Profile, linted: Linted) -> Iterator[Finding]:
    try:
        kind = key_algorithm_of(linted.fields.public_key)
    except AbsahError as problem:
        yield _cps("6.1.5", "key", f"The key is of no kind that we certify: {problem}.")
        return
    if kind not in profile.key_algorithms:
        yield _cps("6.1.5", "key_not_in_profile", f"The profile does not certify {kind} keys.")


_USAGE_BITS = {
    "digital_signature": KeyUsage.DIGITAL_SIGNATURE.value,
    "content_commitment": KeyUsage.CONTENT_COMMITMENT.value,
    "key_encipherment": "keyEncipherment",
    "data_encipherment": "dataEncipherment",
    "key_agreement": "keyAgreement",
    "key_cert_sign": KeyUsage.KEY_CERT_SIGN.value,
    "crl_sign": KeyUsage.CRL_SIGN.value,
}


def check_key_usage(profile: Profile, linted: Linted) -> Iterator[Finding]:
    found = linted.find(x509.KeyUsage)
    asserted = {word for bit, word in _USAGE_BITS.items() if found is not None and getattr(found.value, bit)}
    if asserted != {usage.value for usage in profile.key_usage}:
        yield _cps("7.1.2", "key_usage", f"Key usages {sorted(asserted)} are not those of the profile.")
    # RFC 5280 §4.2.1.3: "conforming CAs SHOULD mark this extension as critical"
    if found is not None and not found.critical:
        yield error(Norm.RFC_5280, "4.2.1.3", "key_usage_not_critical", "keyUsage is critical.")


def check_extended_key_usage(profile: Profile, linted: Linted) -> Iterator[Finding]:
    found = linted.find(x509.ExtendedKeyUsage)
    present = [] if found is None else [usage.dotted_string for usage in found.value]
    if present != list(profile.extended_key_usage):
        yield _cps("7.1.2", "extended_key_usage", f"Extended key usages {present} are not those of the profile.")
    if found is not None and found.critical is not profile.extended_key_usage_critical:
        yield _cps("7.1.2", "extended_key_usage_critical", "The critical flag of extKeyUsage is not the profile's.")


def check_policies(profile: Profile, linted: Linted) -> Iterator[Finding]:
    found = linted.find(x509.CertificatePolicies)
    present = () if found is None else tuple(policy.policy_identifier.dotted_string for policy in found.value)
    if present != profile.policies:
        yield _cps("7.1.6", "policies", "The certificate policies are not those of the profile.")
    if found is not None and found.critical:
        yield error(Norm.EN_319_412_2, "gen-4.3.3-1", "policies_critical", "certificatePolicies is not critical.")


def check_constraints(profile: Profile, linted: Linted) -> Iterator[Finding]:
    found = linted.find(x509.BasicConstraints)
    match profile.constraints:
        case Authority(path_length=depth):
            kept = found is not None and found.value.ca and found.value.path_length == depth
        case _:
            kept = found is None or not found.value.ca
    if not kept:
        yield _cps("7.1.2", "basic_constraints", "basicConstraints are not those of the profile.")


def check_endpoints(profile: Profile, linted: Linted) -> Iterator[Finding]:
    present = set[Endpoint]()
    if linted.find(x509.CRLDistributionPoints) is not None:
        present.add(Endpoint.CRL)
    access = linted.find(x509.AuthorityInformationAccess)
    for description in access.value if access is not None else ():
        method = description.access_method
        present.add(Endpoint.OCSP if method == AuthorityInformationAccessOID.OCSP else Endpoint.CA_ISSUERS)
    if not profile.endpoints_required <= present <= profile.endpoints_allowed:
        yield _cps("7.1.2", "endpoints", f"Points to {sorted(present)}; the profile wants other places.")


def check_revocation_check(profile: Profile, linted: Linted) -> Iterator[Finding]:
    if (linted.find(x509.OCSPNoCheck) is not None) is not profile.no_revocation_check:
        yield error(Norm.RFC_6960, "4.2.2.2.1", "nocheck", "id-pkix-ocsp-nocheck is for responders, and for them only.")


def check_server_names(profile: Profile, linted: Linted) -> Iterator[Finding]:
    found = linted.find(x509.SubjectAlternativeName)
    names = [] if found is None else found.value.get_values_for_type(x509.DNSName)
    if bool(names) is not profile.purpose.names_servers:
        yield _cps("7.1.2", "server_names", "dNSName stands in certificates of servers, and there only.")


def check_no_qualified_statements(_: Profile, linted: Linted) -> Iterator[Finding]:
    # Nothing of ours is qualified under eIDAS, and a statement of compliance would be untrue (design D13).
    if any(extension.oid.dotted_string == oids.QC_STATEMENTS for extension in linted.certificate.extensions):
        yield _cps("7.1.2", "qc_statements", "The certificate claims to be a qualified one.")


_CHECKS = (
    check_serial_entropy,
    check_subject,
    check_issuer,
    check_validity_length,
    check_key,
    check_key_usage,
    check_extended_key_usage,
    check_policies,
    check_constraints,
    check_endpoints,
    check_revocation_check,
    check_server_names,
    check_no_qualified_statements,
)


@cache
def checks_for(profile: Profile, /) -> tuple[Check, ...]:
    """The checks of a profile, each needing the certificate only."""
    return tuple(partial(check, profile) for check in _CHECKS)
