"""The DER that we write is what the library's own builder makes of the same order, for every profile."""

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import load_der_public_key
from cryptography.x509.oid import AuthorityInformationAccessOID
from tests.fixtures_pki import (
    ISSUING_NAME,
    NOW,
    PERSON_NAME,
    RESPONDER_NAME,
    ROOT_NAME,
    SEAL_NAME,
    TLS_CASES,
    TSA_NAME,
    Pki,
    new_key,
    order,
)

from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, signature_algorithm_for
from absah.pki.certificate_building import build_tbs, issuer_of, key_identifier_of
from absah.pki.certificates import load_certificate
from absah.pki.issuance import CertificateOrder
from absah.pki.profiles import Authority, KeyUsage

CASES = {
    "root-ca": (ROOT_NAME, {}),
    "issuing-ca": (ISSUING_NAME, {}),
    "tsa": (TSA_NAME, {}),
    "ocsp-responder": (RESPONDER_NAME, {}),
    "individual-signer": (PERSON_NAME, {"emails": ("siti@kota.example", "s.rahayu@kota.example")}),
    "organisation-seal": (SEAL_NAME, {}),
    **{profile: (name, {"dns_names": names}) for profile, (name, names) in TLS_CASES.items()},
}


def by_the_library(wanted: CertificateOrder, above: x509.Certificate | None) -> bytes:
    profile, subject = wanted.profile, wanted.subject.to_x509()
    builder = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject if above is None else above.subject)
        .public_key(load_der_public_key(wanted.public_key))
        .serial_number(wanted.serial)
        .not_valid_before(wanted.validity.not_before)
        .not_valid_after(wanted.validity.not_after)
    )
    if isinstance(profile.constraints, Authority):
        builder = builder.add_extension(x509.BasicConstraints(True, profile.constraints.path_length), True)
    has = profile.key_usage.__contains__
    usage = x509.KeyUsage(
        has(KeyUsage.DIGITAL_SIGNATURE),
        has(KeyUsage.CONTENT_COMMITMENT),
        *(False,) * 3,
        has(KeyUsage.KEY_CERT_SIGN),
        has(KeyUsage.CRL_SIGN),
        *(False,) * 2,
    )
    builder = builder.add_extension(usage, True)
    if profile.extended_key_usage:
        usages = [x509.ObjectIdentifier(one) for one in profile.extended_key_usage]
        builder = builder.add_extension(x509.ExtendedKeyUsage(usages), profile.extended_key_usage_critical)
    own = key_identifier_of(wanted.public_key)
    builder = builder.add_extension(x509.SubjectKeyIdentifier(own), False)
    if above is not None:
        named = above.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value
        builder = builder.add_extension(x509.AuthorityKeyIdentifier(named.digest, None, None), False)
    if profile.policies:
        policies = [x509.PolicyInformation(x509.ObjectIdentifier(one), None) for one in profile.policies]
        builder = builder.add_extension(x509.CertificatePolicies(policies), False)
    names = [*map(x509.DNSName, wanted.dns_names), *map(x509.RFC822Name, wanted.emails)]
    if names:
        builder = builder.add_extension(x509.SubjectAlternativeName(names), False)
    ends = wanted.endpoints
    if ends.crl_url is not None:
        point = x509.DistributionPoint([x509.UniformResourceIdentifier(ends.crl_url)], None, None, None)
        builder = builder.add_extension(x509.CRLDistributionPoints([point]), False)
    access = [
        x509.AccessDescription(method, x509.UniformResourceIdentifier(url))
        for method, url in (
            (AuthorityInformationAccessOID.OCSP, ends.ocsp_url),
            (AuthorityInformationAccessOID.CA_ISSUERS, ends.ca_issuers_url),
        )
        if url is not None
    ]
    if access:
        builder = builder.add_extension(x509.AuthorityInformationAccess(access), False)
    if profile.no_revocation_check:
        builder = builder.add_extension(x509.OCSPNoCheck(), False)
    return builder.sign(new_key(), hashes.SHA256()).tbs_certificate_bytes


@pytest.mark.parametrize("profile", CASES)
def test_every_profile_is_written_as_the_library_would_write_it(pki: Pki, profile: str) -> None:
    subject, more = CASES[profile]
    above = {"root-ca": None, "issuing-ca": pki.root.certificate}.get(profile, pki.issuing.certificate)
    wanted = order(profile, subject, new_key(), above, **more)

    written = build_tbs(
        wanted,
        issuer_of(wanted, KeyAlgorithm.P256),
        signature_algorithm_for(KeyAlgorithm.P256, DigestAlgorithm.SHA256),
    )

    assert written == by_the_library(wanted, None if above is None else load_certificate(above))
    assert wanted.validity.not_before <= NOW
