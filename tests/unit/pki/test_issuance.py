from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import AuthorityInformationAccessOID, ExtendedKeyUsageOID
from tests.fixtures_pki import (
    BASE,
    ISSUING_NAME,
    NOW,
    PERSON_NAME,
    RESPONDER_NAME,
    ROOT_NAME,
    SEAL_NAME,
    Pki,
    certify,
    new_key,
    order,
    rsa_key,
)

from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki import issuance
from absah.pki.algorithm_policy import AlgorithmExpired
from absah.pki.algorithms import KeyAlgorithm, KeyNotAllowed, public_key_of
from absah.pki.certificate_building import _key_usage
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.issuance import (
    EmailRefused,
    EndpointRefused,
    Endpoints,
    IssuerKeyMismatch,
    IssuerRefused,
    KeyNotInProfile,
    LintedCertificateUsed,
    LintFailed,
    SerialRefused,
    SubjectNotInProfile,
    ValidityRefused,
    issue,
    key_identifier_of,
    prepare,
)
from absah.pki.lint import Finding, Severity
from absah.pki.profiles import Validity


def person(pki: Pki, **changes):
    return order("individual-signer", PERSON_NAME, pki.person.key, pki.issuing.certificate, **changes)


def test_the_certificate_carries_what_the_profile_says(pki: Pki) -> None:
    certificate = load_certificate(pki.person.certificate)
    extensions = certificate.extensions

    usage = extensions.get_extension_for_class(x509.KeyUsage)
    assert (usage.critical, usage.value.content_commitment, usage.value.digital_signature) == (True, True, False)
    purposes = extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert (purposes.critical, [p.dotted_string for p in purposes.value]) == (False, ["1.3.6.1.5.5.7.3.36"])
    names = extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    assert names.get_values_for_type(x509.RFC822Name) == ["siti@kota.example"]
    access = extensions.get_extension_for_class(x509.AuthorityInformationAccess).value
    assert {a.access_method: a.access_location.value for a in access} == {
        AuthorityInformationAccessOID.OCSP: f"{BASE}/ocsp",
        AuthorityInformationAccessOID.CA_ISSUERS: f"{BASE}/repo/ca/issuer.cer",
    }
    with pytest.raises(x509.ExtensionNotFound):
        extensions.get_extension_for_class(x509.BasicConstraints)


def test_the_chain_is_tied_by_key_identifiers(pki: Pki) -> None:
    issuer, below = load_certificate(pki.issuing.certificate), load_certificate(pki.person.certificate)
    named = below.extensions.get_extension_for_class(x509.AuthorityKeyIdentifier).value.key_identifier
    assert named == issuer.extensions.get_extension_for_class(x509.SubjectKeyIdentifier).value.digest
    assert named == key_identifier_of(public_key_of(pki.issuing.key))
    below.verify_directly_issued_by(issuer)


def test_a_root_signs_itself_and_points_nowhere(pki: Pki) -> None:
    root = load_certificate(pki.root.certificate)
    root.verify_directly_issued_by(root)
    present = {type(extension.value) for extension in root.extensions}
    assert present == {x509.BasicConstraints, x509.KeyUsage, x509.SubjectKeyIdentifier}


def test_the_time_stamping_unit_has_one_critical_purpose(pki: Pki) -> None:
    usage = load_certificate(pki.tsa.certificate).extensions.get_extension_for_class(x509.ExtendedKeyUsage)
    assert (usage.critical, list(usage.value)) == (True, [ExtendedKeyUsageOID.TIME_STAMPING])


def test_a_responder_is_never_asked_about(pki: Pki) -> None:
    extensions = load_certificate(pki.responder.certificate).extensions
    assert extensions.get_extension_for_class(x509.OCSPNoCheck)
    with pytest.raises(x509.ExtensionNotFound):
        extensions.get_extension_for_class(x509.CRLDistributionPoints)


def test_what_was_linted_is_what_is_signed(pki: Pki) -> None:
    linted = prepare(person(pki), now=NOW)
    expected = linted._plan.tbs
    assert load_certificate(issue(linted, pki.issuing.key)).tbs_certificate_bytes == expected


def test_the_permission_works_once(pki: Pki) -> None:
    linted = prepare(person(pki), now=NOW)
    issue(linted, pki.issuing.key)
    with pytest.raises(LintedCertificateUsed):
        issue(linted, pki.issuing.key)


def test_another_key_than_the_issuers_is_refused_and_the_permission_is_gone(pki: Pki) -> None:
    linted = prepare(person(pki), now=NOW)
    with pytest.raises(IssuerKeyMismatch):
        issue(linted, pki.root.key)
    with pytest.raises(LintedCertificateUsed):
        issue(linted, pki.issuing.key)


def test_a_finding_stops_the_issuance(pki: Pki, monkeypatch: pytest.MonkeyPatch) -> None:
    def lint(*_: object) -> tuple[Finding, ...]:
        return tuple(Finding(code=f"x.{level}", severity=level, message="") for level in Severity)

    monkeypatch.setattr(issuance, "lint_certificate", lint)
    with pytest.raises(LintFailed) as caught:
        prepare(person(pki), now=NOW)
    assert caught.value.parameters == {"findings": "x.error, x.warning"}


def test_an_rsa_key_is_certified_for_compatibility(pki: Pki) -> None:
    party = certify("individual-signer", PERSON_NAME, pki.issuing, key=rsa_key())
    assert public_key_of_certificate(load_certificate(party.certificate)) == public_key_of(rsa_key())


def test_an_rsa_ca_is_issued_and_issues() -> None:
    """The throw-away key is of the issuer's kind, so the linted bytes name the right algorithm."""
    root = certify("root-ca", ROOT_NAME, None, key=ec.generate_private_key(ec.SECP384R1()))
    assert load_certificate(root.certificate).signature_hash_algorithm.name == "sha384"
    assert issuance._throw_away_key(KeyAlgorithm.RSA2048).key_size == 2048
    assert issuance._throw_away_key(KeyAlgorithm.RSA2048) is issuance._throw_away_key(KeyAlgorithm.RSA2048)


def test_a_key_must_outlive_its_certificate(pki: Pki) -> None:
    """RSA-2048 ends on 2029-01-01: a certificate until then may be had, a longer one not."""
    now = instant(datetime(2027, 6, 1, tzinfo=UTC))
    lawful = person(pki).profile
    long = person(pki, public_key=public_key_of(rsa_key()), validity=lawful.validity_at(now))
    with pytest.raises(AlgorithmExpired):
        prepare(long, now=now)
    until = instant(datetime(2028, 12, 31, tzinfo=UTC))
    assert prepare(replace(long, validity=lawful.validity_at(now, until=until)), now=now)


def test_a_key_of_another_kind_is_refused(pki: Pki) -> None:
    with pytest.raises(KeyNotAllowed):
        prepare(person(pki, public_key=public_key_of(ec.generate_private_key(ec.SECP521R1()))), now=NOW)
    with pytest.raises(KeyNotInProfile):
        prepare(order("root-ca", ROOT_NAME, rsa_key(), None), now=NOW)


def test_a_profile_takes_its_own_kind_of_name(pki: Pki) -> None:
    with pytest.raises(SubjectNotInProfile):
        prepare(replace(person(pki), subject=SEAL_NAME), now=NOW)


@pytest.mark.parametrize("serial", [0, -5, 12345, 1 << 159])
def test_a_serial_number_is_long_and_fits(pki: Pki, serial: int) -> None:
    with pytest.raises(SerialRefused):
        prepare(person(pki, serial=Serial(serial)), now=NOW)


def days(first: float, last: float) -> Validity:
    return Validity(not_before=instant(NOW + timedelta(days=first)), not_after=instant(NOW + timedelta(days=last)))


@pytest.mark.parametrize(
    ("validity", "problem"),
    [
        (days(0, -1), "reversed"),
        (days(0, 731), "too-long"),
        (days(-1, 30), "dated-back"),
        (days(1, 30), "not-begun"),
    ],
)
def test_a_validity_outside_the_profile_is_refused(pki: Pki, validity: Validity, problem: str) -> None:
    with pytest.raises(ValidityRefused) as caught:
        prepare(person(pki, validity=validity), now=NOW)
    assert caught.value.parameters["problem"] == problem


def test_an_order_may_wait_some_minutes_for_the_key(pki: Pki) -> None:
    assert prepare(person(pki), now=instant(NOW + timedelta(minutes=10)))
    with pytest.raises(ValidityRefused):
        prepare(person(pki), now=instant(NOW + timedelta(minutes=11)))


def test_nothing_outlives_its_issuer(pki: Pki) -> None:
    later = instant(NOW + timedelta(days=9 * 365))
    lawful = person(pki).profile
    with pytest.raises(ValidityRefused) as caught:
        prepare(person(pki, validity=lawful.validity_at(later)), now=later)
    assert caught.value.parameters["problem"] == "outside-issuer"
    earlier = instant(NOW - timedelta(hours=2))
    with pytest.raises(ValidityRefused):
        prepare(person(pki, validity=lawful.validity_at(earlier)), now=earlier)


@pytest.mark.parametrize(
    ("url", "problem"),
    [
        (None, "absent"),
        ("https://pki.example/x.crl", "not-http"),
        ("ldap://pki.example/x", "not-http"),
        ("http://pki.example/x y", "not-http"),
        ("http://user@pki.example/x", "not-http"),
        ("http://pki.example/" + "x" * 500, "not-http"),
    ],
)
def test_a_crl_address_is_plain_http(pki: Pki, url: str | None, problem: str) -> None:
    with pytest.raises(EndpointRefused) as caught:
        prepare(person(pki, endpoints=Endpoints(crl_url=url, ca_issuers_url=f"{BASE}/ca.cer")), now=NOW)
    assert caught.value.parameters == {"endpoint": "crl", "problem": problem}


def test_the_demo_may_serve_on_this_machine(pki: Pki) -> None:
    local = Endpoints(crl_url="http://127.0.0.1:8000/repo/ca.crl", ca_issuers_url="http://localhost:8000/repo/ca.cer")
    assert prepare(person(pki, endpoints=local), now=NOW)


def test_an_endpoint_the_profile_forbids_is_refused(pki: Pki) -> None:
    responder = order("ocsp-responder", RESPONDER_NAME, new_key(), pki.issuing.certificate)
    pointed = replace(responder, endpoints=replace(responder.endpoints, ocsp_url=f"{BASE}/ocsp"))
    with pytest.raises(EndpointRefused, match="not-in-profile"):
        prepare(pointed, now=NOW)


@pytest.mark.parametrize("email", ["siti", "siti@", "si ti@x.id", "siti@x.id\n", "sitì@x.id", "@x.id"])
def test_a_mail_address_is_plain(pki: Pki, email: str) -> None:
    with pytest.raises(EmailRefused):
        prepare(person(pki, emails=(email,)), now=NOW)


def test_an_authority_has_no_mail_address(pki: Pki) -> None:
    with pytest.raises(EmailRefused):
        prepare(order("tsa", RESPONDER_NAME, new_key(), pki.issuing.certificate, emails=("a@x.id",)), now=NOW)


@pytest.mark.parametrize(
    ("profile", "issuer", "problem"),
    [
        ("individual-signer", None, "absent"),
        ("root-ca", "root", "root"),
        ("individual-signer", "person", "not-a-ca"),
        ("issuing-ca", "issuing", "path-length"),
    ],
)
def test_an_issuer_that_may_not_is_refused(pki: Pki, profile: str, issuer: str | None, problem: str) -> None:
    name = PERSON_NAME if profile == "individual-signer" else ISSUING_NAME
    certificate = None if issuer is None else getattr(pki, issuer).certificate
    with pytest.raises(IssuerRefused) as caught:
        prepare(order(profile, name, new_key(), certificate), now=NOW)
    assert caught.value.parameters == {"problem": problem}


def foreign_ca(*, ca: bool) -> bytes:
    """A CA by half: whatever its constraint says, its key usage does not let it sign certificates."""
    key, name = new_key(), ROOT_NAME.to_x509()
    builder = (
        x509.CertificateBuilder(name, name, key.public_key(), 1 << 100)
        .not_valid_before(NOW - timedelta(days=1))
        .not_valid_after(NOW + timedelta(days=3000))
        .add_extension(x509.BasicConstraints(ca, None), critical=True)
        .add_extension(_key_usage(frozenset()), critical=True)
        .add_extension(x509.SubjectKeyIdentifier(b"k"), critical=False)
    )
    return builder.sign(key, hashes.SHA256()).public_bytes(Encoding.DER)


@pytest.mark.parametrize("ca", [True, False])
def test_an_issuer_needs_both_the_constraint_and_the_usage(ca: bool) -> None:
    with pytest.raises(IssuerRefused, match="not-a-ca"):
        prepare(order("individual-signer", PERSON_NAME, new_key(), foreign_ca(ca=ca)), now=NOW)
