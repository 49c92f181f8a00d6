from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID
from tests.fixtures_pki import NOW, PERSON_NAME, ROOT_NAME, TSA_NAME, Pki, new_key

from absah.pki import der, oids
from absah.pki.certificates import CertificateUnreadable
from absah.pki.lint import Finding, Severity, blocking, lint_certificate
from absah.pki.profiles import KeyUsage, load_profile

PERSON, ROOT = load_profile("individual-signer"), load_profile("root-ca")
KEY = new_key()
PROFILES = {
    "root": "root-ca",
    "issuing": "issuing-ca",
    "person": "individual-signer",
    "seal": "organisation-seal",
    "tsa": "tsa",
    "responder": "ocsp-responder",
}


@pytest.mark.parametrize(("party", "profile"), PROFILES.items())
def test_what_we_issue_has_no_finding(pki: Pki, party: str, profile: str) -> None:
    assert lint_certificate(getattr(pki, party).certificate, load_profile(profile)) == ()


def key_usage(*usages: KeyUsage, encipherment: bool = False) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=KeyUsage.DIGITAL_SIGNATURE in usages,
        content_commitment=KeyUsage.CONTENT_COMMITMENT in usages,
        key_encipherment=encipherment,
        data_encipherment=False,
        key_agreement=False,
        key_cert_sign=KeyUsage.KEY_CERT_SIGN in usages,
        crl_sign=KeyUsage.CRL_SIGN in usages,
        encipher_only=False,
        decipher_only=False,
    )


AKI = (x509.AuthorityKeyIdentifier(b"k", None, None), False)
SKI = (x509.SubjectKeyIdentifier(b"k"), False)
CA = (x509.BasicConstraints(ca=True, path_length=None), True)
ANY_PURPOSE = ExtendedKeyUsageOID.ANY_EXTENDED_KEY_USAGE
QUALIFIED = x509.UnrecognizedExtension(x509.ObjectIdentifier(oids.QC_STATEMENTS), b"\x30\x00")
CA_USAGE = (key_usage(KeyUsage.KEY_CERT_SIGN, KeyUsage.CRL_SIGN), True)


def certificate(
    *extensions: tuple[x509.ExtensionType, bool], own: bool = False, key=KEY, subject=None, days=30, **changes
) -> bytes:
    """Any certificate, lawful or not."""
    issuer = changes.get("issuer", x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Penerbit")]))
    name = TSA_NAME.to_x509() if subject is None else subject
    builder = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name if own else issuer)
        .public_key(key.public_key())
        .serial_number(changes.get("serial", 1 << 100))
        .not_valid_before(NOW)
        .not_valid_after(changes.get("until", NOW + timedelta(days=days)))
    )
    for value, critical in extensions:
        builder = builder.add_extension(value, critical)
    return builder.sign(KEY, hashes.SHA256()).public_bytes(Encoding.DER)


def facts(encoded: bytes, profile=None) -> set[str]:
    """The last part of each finding's code: the fact."""
    return {finding.code.rsplit(".", 1)[1] for finding in lint_certificate(encoded, profile)}


@pytest.mark.parametrize(
    ("encoded", "fact"),
    [
        (certificate(AKI, subject=x509.Name([])), "subject_empty"),
        (certificate(AKI, issuer=x509.Name([])), "issuer_empty"),
        (certificate(CA, CA_USAGE, own=True), "subject_key_identifier_absent"),
        (certificate(AKI, (SKI[0], True)), "subject_key_identifier_critical"),
        (certificate(), "authority_key_identifier_absent"),
        (certificate((AKI[0], True)), "authority_key_identifier_critical"),
        (
            certificate((x509.AuthorityKeyIdentifier(None, [x509.DirectoryName(TSA_NAME.to_x509())], 7), False)),
            "key_identifier_absent",
        ),
        (certificate((CA[0], False), CA_USAGE, SKI, own=True), "basic_constraints_not_critical"),
        (certificate(CA, SKI, own=True), "key_usage_absent"),
        (certificate(CA, SKI, (key_usage(KeyUsage.CRL_SIGN), True), own=True), "ca_and_key_cert_sign_differ"),
        (certificate(AKI, CA_USAGE), "ca_and_key_cert_sign_differ"),
        (certificate(AKI, (x509.SubjectAlternativeName([]), False)), "subject_alternative_name_empty"),
        (
            certificate(AKI, (x509.UnrecognizedExtension(x509.ObjectIdentifier("1.2.3"), b"\x05\x00"), True)),
            "unknown_critical_extension",
        ),
    ],
)  # fmt: skip
def test_a_broken_rule_of_rfc_5280_is_the_only_finding(encoded: bytes, fact: str) -> None:
    assert facts(encoded) == {fact}
    assert all(finding.citation is not None for finding in lint_certificate(encoded, None))


def test_a_plain_certificate_breaks_no_rule_of_rfc_5280() -> None:
    assert facts(certificate(AKI)) == set()
    assert facts(certificate(CA, CA_USAGE, SKI, own=True)) == set()
    assert facts(certificate((x509.BasicConstraints(ca=False, path_length=None), False), AKI)) == set()


def patched(encoded: bytes, old: bytes, new: bytes) -> bytes:
    assert len(old) == len(new)
    assert old in encoded
    return encoded.replace(old, new, 1)


def rebuilt(encoded: bytes, change) -> bytes:
    """The same certificate with other fields in its TBSCertificate."""
    whole = der.outermost(encoded, "x").reader()
    fields = list(whole.read(der.SEQUENCE).reader())
    return der.sequence(der.sequence(*change(fields)), *(element.encoded for element in whole))


def test_a_version_1_certificate_is_found() -> None:
    """Without [0] version and [3] extensions, as X.509 had it in 1988."""
    encoded = rebuilt(certificate(AKI), lambda fields: [f.encoded for f in fields if f.tag not in (0xA0, 0xA3)])
    assert facts(encoded) == {"version_not_3", "authority_key_identifier_absent"}


def test_two_signature_algorithms_that_differ_are_found() -> None:
    encoded = certificate(AKI)
    sha256, sha384 = bytes.fromhex("06082a8648ce3d040302"), bytes.fromhex("06082a8648ce3d040303")
    assert facts(patched(encoded, sha256, sha384)) == {"signature_algorithms_differ"}


def test_a_reversed_validity_is_found() -> None:
    encoded = certificate(AKI)
    last = (NOW + timedelta(days=30)).strftime("%y%m%d%H%M%SZ").encode()
    assert facts(patched(encoded, last, b"200101000000Z")) == {"validity_reversed"}


def test_a_date_in_the_wrong_form_is_found() -> None:
    encoded = certificate(AKI, until=datetime(2051, 1, 1, tzinfo=UTC))
    assert facts(encoded) == set()
    assert facts(patched(encoded, b"20510101000000Z", b"20490101000000Z")) == {"time_form"}


def test_a_serial_number_of_21_octets_is_found() -> None:
    def longer(fields):
        return [fields[0].encoded, der.integer(1 << 159), *(field.encoded for field in fields[2:])]

    assert facts(certificate(AKI, serial=(1 << 159) - 1)) == set()
    assert facts(rebuilt(certificate(AKI), longer)) == {"serial_too_long"}


PERSON_EXTENSIONS = {
    "usage": (key_usage(KeyUsage.CONTENT_COMMITMENT), True),
    "purpose": (x509.ExtendedKeyUsage([x509.ObjectIdentifier(oids.DOCUMENT_SIGNING)]), False),
    "ski": SKI,
    "aki": AKI,
    "policies": (
        x509.CertificatePolicies([x509.PolicyInformation(x509.ObjectIdentifier(PERSON.policies[0]), None)]),
        False,
    ),
    "crl": (
        x509.CRLDistributionPoints(
            [x509.DistributionPoint([x509.UniformResourceIdentifier("http://x.example/crl")], None, None, None)]
        ),
        False,
    ),
    "access": (
        x509.AuthorityInformationAccess(
            [
                x509.AccessDescription(
                    x509.oid.AuthorityInformationAccessOID.CA_ISSUERS,
                    x509.UniformResourceIdentifier("http://x.example/ca"),
                )
            ]
        ),
        False,
    ),
}


def person(*more: tuple[x509.ExtensionType, bool], without: str = "", **changes) -> bytes:
    extensions = {name: value for name, value in PERSON_EXTENSIONS.items() if name != without}
    changed = {name: changes.pop(name) for name in tuple(changes) if name in extensions}
    usual = {"subject": PERSON_NAME.to_x509(), "issuer": ROOT_NAME.to_x509()}
    return certificate(*(extensions | changed).values(), *more, **(usual | changes))


def flagged(name: str, *, critical: bool) -> dict[str, tuple[x509.ExtensionType, bool]]:
    return {name: (PERSON_EXTENSIONS[name][0], critical)}


@pytest.mark.parametrize(
    ("encoded", "fact"),
    [
        (person(serial=77), "serial_short"),
        (person(subject=TSA_NAME.to_x509()), "subject"),
        (person(issuer=x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Akar")])), "issuer_attribute_absent"),
        (person(own=True), "self_issued"),
        (person(days=800), "validity_too_long"),
        (person(key=ec.generate_private_key(ec.SECP521R1())), "key"),
        (person(usage=(key_usage(KeyUsage.CONTENT_COMMITMENT, encipherment=True), True)), "key_usage"),
        (person(without="usage"), "key_usage"),
        (person(**flagged("usage", critical=False)), "key_usage_not_critical"),
        (person(without="purpose"), "extended_key_usage"),
        (person(purpose=(x509.ExtendedKeyUsage([ANY_PURPOSE]), False)), "extended_key_usage"),
        (person(**flagged("purpose", critical=True)), "extended_key_usage_critical"),
        (person(without="policies"), "policies"),
        (person(**flagged("policies", critical=True)), "policies_critical"),
        (person(without="crl"), "endpoints"),
        (person(without="access"), "endpoints"),
        (person((x509.OCSPNoCheck(), False)), "nocheck"),
        (person((QUALIFIED, False)), "qc_statements"),
    ],
)  # fmt: skip
def test_a_departure_from_the_profile_is_the_only_finding(encoded: bytes, fact: str) -> None:
    assert facts(encoded, PERSON) == {fact}


def test_a_profile_names_its_keys() -> None:
    only_384 = replace(PERSON, key_algorithms=frozenset({"ec-p384"}))
    assert facts(person(), only_384) == {"key_not_in_profile"}


def test_basic_constraints_are_those_of_the_profile() -> None:
    assert facts(person(CA), PERSON) == {"basic_constraints", "ca_and_key_cert_sign_differ"}
    issuing = load_profile("issuing-ca")
    assert "basic_constraints" in facts(certificate(CA, CA_USAGE, SKI, AKI), issuing)
    assert "basic_constraints" in facts(certificate(SKI, AKI), issuing)
    assert facts(person((x509.BasicConstraints(ca=False, path_length=None), True)), PERSON) == set()


def test_an_ocsp_address_is_allowed_where_the_profile_allows_it() -> None:
    ocsp = x509.AccessDescription(
        x509.oid.AuthorityInformationAccessOID.OCSP, x509.UniformResourceIdentifier("http://x.example/ocsp")
    )
    both = (x509.AuthorityInformationAccess([*PERSON_EXTENSIONS["access"][0], ocsp]), False)
    assert facts(person(access=both), PERSON) == set()
    assert facts(person(access=both), replace(PERSON, endpoints_allowed=PERSON.endpoints_required)) == {"endpoints"}


def test_a_notice_does_not_block() -> None:
    findings = [Finding(code=level.value, severity=level, message="") for level in Severity]
    assert [finding.code for finding in blocking(findings)] == ["error", "warning"]


def test_codes_name_the_norm_and_the_clause() -> None:
    (finding,) = lint_certificate(certificate(), None)
    assert finding.code == "rfc_5280.4.2.1.1.authority_key_identifier_absent"
    (finding,) = lint_certificate(person(**flagged("policies", critical=True)), PERSON)
    assert finding.code == "etsi.en_319_412_2.gen-4.3.3-1.policies_critical"


def test_what_is_no_certificate_is_refused() -> None:
    with pytest.raises(CertificateUnreadable):
        lint_certificate(b"\x30\x00", PERSON)
