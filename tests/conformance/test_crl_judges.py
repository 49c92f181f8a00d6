"""Partitioned lists that keep expired certificates, as OpenSSL, GnuTLS and pkilint read them."""

import shutil
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fixtures_pki import NOW, Pki

from absah.kernel.clock import instant
from absah.kernel.rng import Serial
from absah.pki.crl import CrlPlan, RevokedEntry, build_crl
from absah.pki.revocation import RevocationReason

pytestmark = pytest.mark.judge

ADDRESS = "http://pki.absah.example/repo/crl/ca-3.crl"
REASONS = [reason for reason in RevocationReason if reason is not RevocationReason.REMOVE_FROM_CRL]


@pytest.fixture
def listed(pki: Pki, tmp_path: Path) -> Path:
    """A partition with an entry for every reason, and its issuer, in a folder."""
    entries = tuple(
        RevokedEntry(serial=Serial((1 << 126) + reason), at=instant(NOW - timedelta(days=400)), reason=reason)
        for reason in REASONS
    )
    plan = CrlPlan(
        issuer_der=pki.issuing.certificate,
        number=77,
        this_update=NOW,
        next_update=instant(NOW + timedelta(days=7)),
        entries=entries,
        distribution_point=ADDRESS,
        expired_since=instant(NOW - timedelta(days=30)),
    )
    (tmp_path / "list.der").write_bytes(build_crl(plan, pki.issuing.key))
    issuer = x509.load_der_x509_certificate(pki.issuing.certificate)
    (tmp_path / "ca.pem").write_bytes(issuer.public_bytes(Encoding.PEM))
    return tmp_path


def run(folder: Path, *words: str) -> str:
    program = shutil.which(words[0])
    assert program is not None, f"{words[0]} is not installed"
    done = subprocess.run([program, *words[1:]], cwd=folder, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout + done.stderr


def test_openssl_verifies_a_partition_and_reads_every_entry(listed: Path) -> None:
    read = run(listed, "openssl", "crl", "-inform", "der", "-in", "list.der", "-CAfile", "ca.pem", "-noout", "-text")

    assert "verify OK" in read
    assert f"URI:{ADDRESS}" in read
    assert read.count("Serial Number:") == len(REASONS)
    assert "X509v3 Issuing Distribution Point: critical" in read


def test_gnutls_reads_every_entry_of_a_partition(listed: Path) -> None:
    read = run(listed, "certtool", "--crl-info", "--inder", "--infile", "list.der")

    assert f"Revoked certificates ({len(REASONS)})" in read
    assert "CRL Number" in read


def test_pkilint_finds_no_error_in_a_partition(listed: Path) -> None:
    lint = str(Path(sys.executable).with_name("lint_crl"))

    assert run(listed, lint, "lint", "-t", "CRL", "-p", "PKIX", "list.der").strip() == ""
