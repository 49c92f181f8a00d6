"""What keys in tokens sign, read by others: certificates, list, OCSP response, time-stamp under openssl and pkilint."""

import shutil
import subprocess
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509 import load_der_x509_crl
from tests.fixtures_pki import RESPONDER_NAME, TSA_NAME
from tests.fixtures_signer import CA, OCSP, TSA, House, certified_by, root_at
from tests.fixtures_tokens import MODULE, TokenHouses, soft_hsm, token_houses

from absah.adapters.key_vault import ByService
from absah.adapters.signer.records import CertifiedChain, KeyKind
from absah.cli.offline import Document, Kind
from absah.cli.second_opinion import second_opinion
from absah.kernel.clock import SystemClock, instant
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm
from absah.pki.certificates import load_certificate, serial_of
from absah.pki.crl import CrlPlan
from absah.pki.lint import Severity
from absah.pki.ocsp import OcspPlan, SingleStatus, cert_id_for
from absah.pki.profiles import load_profile
from absah.pki.revocation import Good
from absah.pki.tsp import TimestampRequest, build_timestamp_request

__all__ = ["soft_hsm", "token_houses"]

pytestmark = [
    pytest.mark.judge,
    pytest.mark.skipif(not MODULE.exists(), reason="SoftHSM is not installed"),
]
SERVICES = {"authority": "hsm-1", "tsa": "hsm-2", "ocsp": "hsm-2"}
CONTENT = b"Perjanjian kerja sama\n"


def run(folder: Path, *words: str) -> str:
    done = subprocess.run(words, check=False, cwd=folder, capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def pem(certificate: bytes) -> bytes:
    return load_certificate(certificate).public_bytes(Encoding.PEM)


def opened(houses: TokenHouses, algorithm: KeyAlgorithm) -> House:
    """An authority of this moment whose services all hold keys of one kind in tokens."""
    house = houses.open(**SERVICES)
    house.clock.moment = SystemClock().now()
    house.root = root_at(house.clock.now())
    keeper = house.service.credentials
    public_key = keeper.create_key(CA, kind=KeyKind.AUTHORITY, algorithm=algorithm, protection=ByService())
    certificate = certified_by(house.root, public_key, house.clock.now())
    keeper.attach_certificate(CA, CertifiedChain(certificate=certificate, chain=(house.root.certificate,)))
    house.enrol(TSA, KeyKind.TSA, "tsa", TSA_NAME, ByService(), algorithm)
    house.enrol(OCSP, KeyKind.OCSP, "ocsp-responder", RESPONDER_NAME, ByService(), algorithm)
    return house


def judged(kind: Kind, encoded: bytes, profile: str | None = None) -> set[str]:
    found = second_opinion(
        Document(path=Path("judged"), kind=kind, der=encoded), None if profile is None else load_profile(profile)
    )
    return {one.code for one in found if one.severity is not Severity.NOTICE}


@pytest.mark.parametrize("algorithm", [KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.RSA3072])
def test_everything_that_keys_in_tokens_sign_is_accepted(token_houses, tmp_path, algorithm):
    house = opened(token_houses, algorithm)
    services, now = house.service.services, house.clock.now()
    issuer, tsa, responder = map(house.certificate, (CA, TSA, OCSP))
    at = str(int(now.timestamp()) + 60)
    week = instant(now + timedelta(days=7))
    crl = services.issue_crl(CA, CrlPlan(issuer_der=issuer, number=1, this_update=now, next_update=week, entries=()))
    single = SingleStatus(
        cert_id=cert_id_for(issuer, serial_of(load_certificate(tsa)), DigestAlgorithm.SHA256),
        status=Good(),
        this_update=now,
        next_update=week,
    )
    answer = services.ocsp_response(
        OCSP, OcspPlan(responder_der=responder, produced_at=now, responses=(single,), nonce=None)
    )
    imprint = DigestAlgorithm.SHA256.digest(CONTENT)
    request = TimestampRequest(digest_algorithm=DigestAlgorithm.SHA256, imprint=imprint)
    stamp = services.timestamp(TSA, build_timestamp_request(request))

    assert judged(Kind.CERTIFICATE, issuer, "issuing-ca") == set()
    assert judged(Kind.CERTIFICATE, tsa, "tsa") == set()
    assert judged(Kind.CERTIFICATE, responder, "ocsp-responder") == set()
    assert judged(Kind.CRL, crl) == set()
    assert judged(Kind.OCSP_RESPONSE, answer) == set()

    files = {"root.pem": pem(house.root.certificate), "ca.pem": pem(issuer), "tsa.pem": pem(tsa), "crl.der": crl}
    files |= {"ocsp.der": answer, "stamp.tsr": stamp, "content": CONTENT}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content)
    chain = ("-attime", at, "-CAfile", "root.pem", "-untrusted", "ca.pem")
    run(tmp_path, "openssl", "verify", *chain, "tsa.pem")
    assert "verify OK" in run(
        tmp_path, "openssl", "crl", "-inform", "DER", "-in", "crl.der", "-CAfile", "ca.pem", "-noout"
    )
    ocsp = ("openssl", "ocsp", "-sha256", "-issuer", "ca.pem", "-cert", "tsa.pem", "-respin", "ocsp.der")
    assert "Response verify OK" in run(
        tmp_path, *ocsp, "-CAfile", "root.pem", "-attime", at, "-validity_period", "999999999"
    )
    stamped = ("openssl", "ts", "-verify", "-in", "stamp.tsr", "-data", "content")
    assert "Verification: OK" in run(tmp_path, *stamped, *chain)


@pytest.mark.skipif(shutil.which("certtool") is None, reason="GnuTLS is not installed")
def test_gnutls_reads_the_chain_and_the_list_of_a_token(token_houses, tmp_path):
    house = opened(token_houses, KeyAlgorithm.P256)
    now, issuer = house.clock.now(), house.certificate(CA)
    week = instant(now + timedelta(days=7))
    plan = CrlPlan(issuer_der=issuer, number=1, this_update=now, next_update=week, entries=())
    crl = load_der_x509_crl(house.service.services.issue_crl(CA, plan))
    (tmp_path / "crl.pem").write_bytes(crl.public_bytes(Encoding.PEM))
    (tmp_path / "ca.pem").write_bytes(pem(issuer))
    (tmp_path / "chain.pem").write_bytes(pem(house.certificate(TSA)) + pem(issuer) + pem(house.root.certificate))
    (tmp_path / "root.pem").write_bytes(pem(house.root.certificate))
    said = run(tmp_path, "certtool", "--verify", "--infile", "chain.pem", "--load-ca-certificate", "root.pem")
    assert "Chain verification output: Verified." in said
    said = run(tmp_path, "certtool", "--verify-crl", "--infile", "crl.pem", "--load-ca-certificate", "ca.pem")
    assert "Verified." in said
