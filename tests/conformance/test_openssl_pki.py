"""openssl reads, chains and verifies what we make: certificates, CRLs, OCSP responses, signatures, time-stamps."""

import shutil
import subprocess
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fixtures_pki import NOW, PERSON_NAME, Party, Pki, certify, rsa_key

from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm, digest_algorithm_for, key_algorithm_of, sign_bytes
from absah.pki.cms import build_signed_attributes, build_signed_data, with_signature_timestamp
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl
from absah.pki.ocsp import OcspPlan, SingleStatus, build_ocsp_response, cert_id_for
from absah.pki.profiles import load_profile
from absah.pki.revocation import Good, RevocationReason, Revoked
from absah.pki.tsp import (
    Accuracy,
    TimestampRequest,
    build_timestamp_request,
    build_timestamp_token,
    parse_timestamp_request,
    plan_for,
    timestamp_response,
)

pytestmark = pytest.mark.judge

AT = str(int(NOW.timestamp()) + 60)
NEXT = instant(NOW + timedelta(days=7))
CONTENT = b"Perjanjian kerja sama, halaman terakhir\n"
SHA256 = DigestAlgorithm.SHA256


@dataclass(frozen=True)
class Judge:
    """openssl in a folder that holds the PKI as PEM files."""

    folder: Path

    def write(self, name: str, content: bytes) -> None:
        (self.folder / name).write_bytes(content)

    def certificate(self, name: str, encoded: bytes) -> None:
        self.write(name, x509.load_der_x509_certificate(encoded).public_bytes(Encoding.PEM))

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        program = shutil.which("openssl")
        assert program is not None
        return subprocess.run([program, *arguments], cwd=self.folder, capture_output=True, text=True, check=False)

    def accepts(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout + done.stderr

    def refuses(self, *arguments: str) -> str:
        done = self.run(*arguments)
        assert done.returncode != 0, done.stdout + done.stderr
        return done.stdout + done.stderr


@pytest.fixture
def judge(tmp_path: Path, pki: Pki) -> Judge:
    made = Judge(tmp_path)
    for name in ("root", "issuing", "person", "seal", "tsa", "responder"):
        made.certificate(f"{name}.pem", getattr(pki, name).certificate)
    return made


CHAIN = ("-CAfile", "root.pem", "-untrusted", "issuing.pem", "-attime", AT, "-x509_strict")


@pytest.mark.parametrize("name", ["issuing", "person", "seal", "tsa", "responder"])
def test_the_chain_holds_under_strict_rules(judge: Judge, name: str) -> None:
    assert "OK" in judge.accepts("verify", *CHAIN, f"{name}.pem")


def test_the_certificates_serve_their_purpose_and_no_other(judge: Judge) -> None:
    judge.accepts("verify", *CHAIN, "-purpose", "timestampsign", "tsa.pem")
    judge.accepts("verify", *CHAIN, "-purpose", "ocsphelper", "responder.pem")
    judge.refuses("verify", *CHAIN, "-purpose", "timestampsign", "person.pem")
    judge.refuses("verify", *CHAIN, "-purpose", "sslserver", "person.pem")


def test_the_policy_of_a_person_is_found_along_the_chain(judge: Judge) -> None:
    (policy,) = load_profile("individual-signer").policies
    judge.accepts("verify", *CHAIN, "-policy", policy, "-explicit_policy", "person.pem")
    judge.refuses("verify", *CHAIN, "-policy", "1.2.3.4", "-explicit_policy", "person.pem")


def test_openssl_shows_the_subject_as_we_wrote_it(judge: Judge) -> None:
    shown = judge.accepts("x509", "-in", "person.pem", "-noout", "-subject", "-nameopt", "RFC2253,utf8")
    assert "CN=Siti Contoh Rahayu" in shown
    assert "serialNumber=A7K2M9QX" in shown
    assert "Non Repudiation" in judge.accepts("x509", "-in", "person.pem", "-noout", "-ext", "keyUsage")


def crl(pki: Pki, issuer: Party, *serials: Serial) -> bytes:
    entries = tuple(RevokedEntry(serial=serial, at=NOW, reason=RevocationReason.KEY_COMPROMISE) for serial in serials)
    plan = CrlPlan(issuer_der=issuer.certificate, number=3, this_update=NOW, next_update=NEXT, entries=entries)
    return build_crl(plan, issuer.key)


def test_a_list_verifies_and_revokes(judge: Judge, pki: Pki) -> None:
    judge.write("root.crl", crl(pki, pki.root))
    judge.write("issuing.crl", crl(pki, pki.issuing, pki.person.serial))
    assert "verify OK" in judge.accepts("crl", "-in", "issuing.crl", "-CAfile", "issuing.pem", "-noout")
    for name in ("root", "issuing"):
        judge.accepts("crl", "-in", f"{name}.crl", "-out", f"{name}.crl.pem")
    lists = ("-CRLfile", "root.crl.pem", "-CRLfile", "issuing.crl.pem", "-crl_check_all")
    judge.accepts("verify", *CHAIN, *lists, "seal.pem")
    assert "certificate revoked" in judge.refuses("verify", *CHAIN, *lists, "person.pem")


@pytest.mark.parametrize("digest", [DigestAlgorithm.SHA1, SHA256])
@pytest.mark.parametrize(
    ("status", "words"),
    [(Good(), "person.pem: good"), (Revoked(at=NOW, reason=RevocationReason.SUPERSEDED), "person.pem: revoked")],
)
def test_an_answer_of_the_responder_verifies(judge: Judge, pki: Pki, digest, status, words: str) -> None:
    single = SingleStatus(
        cert_id=cert_id_for(pki.issuing.certificate, pki.person.serial, digest),
        status=status,
        this_update=NOW,
        next_update=NEXT,
    )
    plan = OcspPlan(responder_der=pki.responder.certificate, produced_at=NOW, responses=(single,))
    judge.write("answer.der", build_ocsp_response(plan, pki.responder.key))
    asked = ("-issuer", "issuing.pem", f"-{digest.value}", "-cert", "person.pem")
    trust = ("-CAfile", "root.pem", "-verify_other", "issuing.pem", "-attime", AT, "-validity_period", "99999999")
    said = judge.accepts("ocsp", "-respin", "answer.der", *asked, *trust, "-no_nonce")
    assert "Response verify OK" in said
    assert words in said


def signature(party: Party, *certificates: bytes) -> tuple[bytes, bytes]:
    kind = key_algorithm_of(party.public_key)
    digest = digest_algorithm_for(kind)
    attributes = build_signed_attributes(oids.DATA, digest.digest(CONTENT), party.certificate, digest)
    value = sign_bytes(party.key, attributes, digest)
    encoded = build_signed_data(
        content=None,
        content_type=oids.DATA,
        certificates=(party.certificate, *certificates),
        signed_attributes=attributes,
        signature=value,
        digest=digest,
        key_algorithm=kind,
    )
    return encoded, value


SIGNERS = {"p-256": None, "p-384": ec.generate_private_key(ec.SECP384R1()), "rsa-2048": rsa_key()}
CMS = ("-inform", "DER", "-binary", "-content", "content", "-CAfile", "root.pem", "-purpose", "any", "-attime", AT)


def token(pki: Pki, request: TimestampRequest) -> bytes:
    plan = plan_for(
        request,
        policy=oids.TEST_TIMESTAMP_POLICY,
        serial=Serial(1 << 126),
        time=NOW,
        accuracy=Accuracy(seconds=1, millis=500),
    )
    return build_timestamp_token(plan, (pki.tsa.certificate, pki.issuing.certificate), pki.tsa.key)


@pytest.mark.parametrize("kind", SIGNERS)
def test_a_signature_verifies_over_its_content_only(judge: Judge, pki: Pki, kind: str) -> None:
    party = certify("individual-signer", PERSON_NAME, pki.issuing, key=SIGNERS[kind])
    encoded, value = signature(party, pki.issuing.certificate)
    stamped = with_signature_timestamp(
        encoded, token(pki, TimestampRequest(digest_algorithm=SHA256, imprint=SHA256.digest(value)))
    )
    for made in (encoded, stamped):
        judge.write("signature", made)
        judge.write("content", CONTENT)
        assert "Verification successful" in judge.accepts("cms", "-verify", "-in", "signature", *CMS, "-out", "out")
        judge.write("content", CONTENT + b" ")
        judge.refuses("cms", "-verify", "-in", "signature", *CMS, "-out", "out")


def test_the_signing_certificate_attribute_is_checked_as_cades(judge: Judge, pki: Pki) -> None:
    encoded, _ = signature(pki.person, pki.issuing.certificate)
    judge.write("signature", encoded)
    judge.write("content", CONTENT)
    judge.accepts("cms", "-verify", "-cades", "-in", "signature", *CMS, "-out", "out")


@pytest.mark.parametrize("nonce", [None, 1 << 63])
def test_a_time_stamp_verifies(judge: Judge, pki: Pki, nonce: int | None) -> None:
    request = TimestampRequest(digest_algorithm=SHA256, imprint=SHA256.digest(CONTENT), nonce=nonce)
    made = token(pki, request)
    judge.write("content", CONTENT)
    judge.write("request", build_timestamp_request(request))
    judge.write("response", timestamp_response(made))
    judge.write("token", made)
    trust = ("-CAfile", "root.pem", "-attime", AT)
    judge.accepts("ts", "-verify", "-in", "response", "-queryfile", "request", *trust)
    judge.accepts("ts", "-verify", "-in", "token", "-token_in", "-data", "content", *trust)
    cms = ("-inform", "DER", "-CAfile", "root.pem", "-purpose", "timestampsign", "-attime", AT)
    judge.accepts("cms", "-verify", "-in", "token", *cms, "-out", "info")
    judge.write("content", CONTENT + b" ")
    judge.refuses("ts", "-verify", "-in", "token", "-token_in", "-data", "content", *trust)


def test_a_request_of_openssl_is_read(judge: Judge) -> None:
    judge.write("content", CONTENT)
    judge.accepts("ts", "-query", "-data", "content", "-sha256", "-cert", "-out", "request")
    request = parse_timestamp_request((judge.folder / "request").read_bytes())
    assert (request.imprint, request.certificate_wanted) == (SHA256.digest(CONTENT), True)
    assert request.nonce is not None
