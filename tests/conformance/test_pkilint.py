"""pkilint reads what we issue, per profile and key kind: not one finding worth a notice.

One exception, explained: the addresses of tests and demonstrations are known to no public name server, and pkilint
says so (`etsi.internal_domain_name`).
"""

import re
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec
from tests.fixtures_pki import ISSUING_NAME, NOW, PERSON_NAME, SEAL_NAME, TLS_CASES, TSA_NAME, Pki, certify, rsa_key

from absah.adapters.ceremonies.samples import sample_of
from absah.cli.offline import Document, Kind
from absah.cli.second_opinion import is_installed, second_opinion
from absah.kernel.clock import SystemClock, instant
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl
from absah.pki.lint import Finding, Severity, blocking
from absah.pki.ocsp import OcspPlan, SingleStatus, build_ocsp_response, cert_id_for
from absah.pki.profile_toml import profile_names
from absah.pki.profiles import load_profile
from absah.pki.revocation import Good, RevocationReason, Revoked, Unknown

pytestmark = pytest.mark.judge

EXPLAINED = {"etsi.internal_domain_name"}
PARTIES = {
    "root": "root-ca",
    "issuing": "issuing-ca",
    "person": "individual-signer",
    "seal": "organisation-seal",
    "tsa": "tsa",
    "responder": "ocsp-responder",
}


def judged(kind: Kind, encoded: bytes, profile: str | None = None) -> list[Finding]:
    document = Document(path=Path("judged"), kind=kind, der=encoded)
    return list(second_opinion(document, None if profile is None else load_profile(profile)))


def test_the_judge_is_here() -> None:
    assert is_installed()


def test_the_judge_objects_to_what_is_wrong(pki: Pki) -> None:
    """A seal is no natural person: the set of rules for people must say so."""
    findings = judged(Kind.CERTIFICATE, pki.seal.certificate, "individual-signer")
    assert "etsi.en_319_412_2.nat-4.2.4-1.required_attribute_missing" in {finding.code for finding in findings}


@pytest.mark.parametrize(("party", "profile"), PARTIES.items())
def test_a_certificate_of_every_profile_passes(pki: Pki, party: str, profile: str) -> None:
    findings = judged(Kind.CERTIFICATE, getattr(pki, party).certificate, profile)
    assert {finding.code for finding in findings} <= EXPLAINED
    assert {finding.severity for finding in findings} <= {Severity.NOTICE}


@pytest.mark.parametrize("profile", ["individual-signer", "organisation-seal", "tsa"])
@pytest.mark.parametrize("key", [ec.generate_private_key(ec.SECP384R1()), rsa_key()], ids=["p-384", "rsa-2048"])
def test_a_certificate_for_every_kind_of_key_passes(pki: Pki, profile: str, key) -> None:
    name = {"individual-signer": PERSON_NAME, "organisation-seal": SEAL_NAME, "tsa": TSA_NAME}[profile]
    # RSA-2048 keys end before 2029: two years from now they still may be used.
    until = instant(NOW.replace(year=2028, month=11))
    lawful = load_profile(profile)
    party = certify(profile, name, pki.issuing, key=key, validity=lawful.validity_at(NOW, until=until))
    assert {finding.code for finding in judged(Kind.CERTIFICATE, party.certificate, profile)} <= EXPLAINED


def test_a_certificate_of_a_person_with_one_name_passes(pki: Pki) -> None:
    name = replace(PERSON_NAME, common_name="SUWITRO", given_name="SUWITRO", surname=None)
    party = certify("individual-signer", name, pki.issuing)
    assert {finding.code for finding in judged(Kind.CERTIFICATE, party.certificate, "individual-signer")} <= EXPLAINED


def test_a_certificate_under_a_p_384_root_passes() -> None:
    root = certify("root-ca", TSA_NAME, None, key=ec.generate_private_key(ec.SECP384R1()))
    below = certify("issuing-ca", ISSUING_NAME, root)
    assert judged(Kind.CERTIFICATE, root.certificate, "root-ca") == []
    assert judged(Kind.CERTIFICATE, below.certificate, "issuing-ca") == []


@pytest.mark.parametrize("address", [None, "http://pki.absah.example/repo/crl/ca.crl"])
@pytest.mark.parametrize("count", [0, 3])
def test_a_list_passes(pki: Pki, address: str | None, count: int) -> None:
    reasons = [RevocationReason.UNSPECIFIED, RevocationReason.KEY_COMPROMISE, RevocationReason.CESSATION_OF_OPERATION]
    entries = [RevokedEntry(serial=pki.person.serial + n, at=NOW, reason=reasons[n]) for n in range(count)]
    plan = CrlPlan(
        issuer_der=pki.issuing.certificate,
        number=1,
        this_update=NOW,
        next_update=instant(NOW.replace(day=28)),
        entries=tuple(entries),
        distribution_point=address,
    )
    assert judged(Kind.CRL, build_crl(plan, pki.issuing.key)) == []


@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA1, DigestAlgorithm.SHA256])
@pytest.mark.parametrize("nonce", [None, bytes(32)])
@pytest.mark.parametrize("status", [Good(), Unknown(), Revoked(at=NOW, reason=RevocationReason.SUPERSEDED)])
def test_an_answer_passes(pki: Pki, digest: DigestAlgorithm, nonce: bytes | None, status) -> None:
    single = SingleStatus(
        cert_id=cert_id_for(pki.issuing.certificate, pki.person.serial, digest),
        status=status,
        this_update=NOW,
        next_update=instant(NOW.replace(day=22)),
    )
    plan = OcspPlan(responder_der=pki.responder.certificate, produced_at=NOW, responses=(single,), nonce=nonce)
    assert judged(Kind.OCSP_RESPONSE, build_ocsp_response(plan, pki.responder.key)) == []


@pytest.mark.parametrize("profile", TLS_CASES)
def test_a_certificate_of_a_server_machine_or_application_passes(pki: Pki, profile: str) -> None:
    subject, names = TLS_CASES[profile]
    party = certify(profile, subject, pki.issuing, dns_names=tuple(name for name in names if "*" not in name))
    assert judged(Kind.CERTIFICATE, party.certificate, profile) == []


def test_a_certificate_of_a_server_meets_the_rules_of_browsers_but_for_what_a_trial_must_not_claim(
    pki: Pki, tmp_path: Path
) -> None:
    subject, names = TLS_CASES["tls-server"]
    file = tmp_path / "server.der"
    file.write_bytes(certify("tls-server", subject, pki.issuing, dns_names=names).certificate)
    judge = Path(sys.executable).with_name("lint_cabf_serverauth_cert")
    ran = subprocess.run(
        [judge, "lint", "-t", "OV-FINAL-CERTIFICATE", "-s", "WARNING", file],
        capture_output=True,
        text=True,
        check=False,
    )
    found = set(re.findall(r"^\s+(\S+) \((?:WARNING|ERROR|FATAL)\)", ran.stdout, re.MULTILINE))
    assert found == {
        # The policy of the Baseline Requirements and names of the real world are for a real authority (design D13).
        "cabf.serverauth.subscriber_missing_reserved_policy_oid",
        "cabf.internal_domain_name",
        # RFC 5280 §4.2.1.2 wants it; the Baseline Requirements would rather not.
        "cabf.serverauth.subscriber.subject_key_identifier_extension_present",
    }


@pytest.mark.parametrize("name", profile_names())
def test_pkilint_finds_no_fault_in_the_sample_of_any_profile(name: str) -> None:
    sample, profile = sample_of(name, SystemClock().now(), SystemRng())
    document = Document(path=Path(name), kind=Kind.CERTIFICATE, der=sample)

    assert blocking(second_opinion(document, profile)) == ()
