"""A hierarchy from both sides: an instance asks, a ceremony elsewhere answers, the instance issues under the answer."""

import hashlib
import json
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from tests.fixtures_pki import ISSUING_NAME, certify
from tests.fixtures_signer import root_at

from absah.adapters.signer_life import stop_signer
from absah.kernel.clock import SystemClock
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.crl import parse_crl
from absah.pki.profiles import load_profile

CEREMONY = """format: 1
ceremony: akar
title: Akar UJI COBA
place: Kota Contoh
people: [{{name: Budi Contoh, role: custodian}}]
inputs:
  ca.csr: {{file: ca.csr, sha256: {sha256}}}
steps:
  - {{step: make-key, key: root, algorithm: ec-p256}}
  - {{step: certify-root, key: root, common_name: Akar UJI COBA, organisation: Absah, output: root.cer}}
  - step: certify-authority
    key: root
    issuer: root.cer
    request: ca.csr
    common_name: CA Kedua UJI COBA
    organisation: Absah
    crl_url: http://127.0.0.1:8000/repo/crl/root.crl
    ca_issuers_url: http://127.0.0.1:8000/repo/ca/root.cer
    output: ca.cer
  - {{step: sign-crl, key: root, issuer: root.cer, number: 1, days: 365, output: root.crl}}
"""


def absah(*words: str | Path) -> dict:
    """The answer of a command, with its exit status."""
    command = [sys.executable, "-m", "absah_site.cli", *map(str, words), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=120)
    assert done.stdout, done.stderr
    return {"status": done.returncode, **json.loads(done.stdout)}


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("authority") / "data"
    assert absah("init", "--role", "authority", "--data", folder)["status"] == 0
    yield folder
    stop_signer(folder)


def test_a_second_ca_under_a_root_of_a_ceremony_issues_from_then_on(data, tmp_path):
    asked = ("authority", "request", "ca-2", "-o", tmp_path / "ca.csr", "--data", data)
    assert absah(*asked)["error"] == "cli.usage"
    assert absah(*asked, "--common-name", "CA Kedua UJI COBA", "--organisation", "Absah")["status"] == 0
    sha256 = hashlib.sha256((tmp_path / "ca.csr").read_bytes()).hexdigest()
    file, results = tmp_path / "akar.yaml", tmp_path / "out"
    file.write_text(CEREMONY.format(sha256=sha256))
    reviewed = hashlib.sha256(file.read_bytes()).hexdigest()
    assert absah("ceremony", "run", file, "-o", results, "--reviewed", reviewed)["status"] == 0
    accept = ("authority", "accept", "ca-2", results / "ca.cer", "--root", results / "root.cer", "--data", data)
    found = absah(*accept, "--trust")
    assert found["status"] == 0, found
    root = found["root"]
    assert absah("authority", "publish", root, "--root-crl", results / "root.crl", "--data", data)["number"] == 1
    assert (data / "trust" / f"{root}.cer").read_bytes() == (results / "root.cer").read_bytes()
    assert (data / "repository" / "ca" / "ca-2.cer").read_bytes() == (results / "ca.cer").read_bytes()
    assert parse_crl((data / "repository" / "crl" / f"{root}.crl").read_bytes()).number == 1
    parse_crl((data / "repository" / "crl" / "ca-2.crl").read_bytes())
    listed = {one["name"]: one for one in absah("authority", "list", "--data", data)["authorities"]}
    assert (listed["ca-2"]["kind"], listed["ca-2"]["key"], listed[root]["key"]) == ("issuing", "software", "offline")


def test_an_existing_ca_is_taken_over_with_its_key_where_the_settings_allow_it(data, tmp_path):
    now = SystemClock().now()
    root = root_at(now)
    until = validity_of(load_certificate(root.certificate))[1]
    validity = load_profile("issuing-ca").validity_at(now, until=until)
    old = certify("issuing-ca", ISSUING_NAME, root, now=now, validity=validity)
    (tmp_path / "root.cer").write_bytes(root.certificate)
    (tmp_path / "old.pem").write_bytes(load_certificate(old.certificate).public_bytes(Encoding.PEM))
    sealing = BestAvailableEncryption(b"kata lama")
    (tmp_path / "old.key").write_bytes(old.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing))
    (tmp_path / "pass").write_text("kata lama\n")
    words = ("authority", "take-over", "old-ca", tmp_path / "old.pem", "--root", tmp_path / "root.cer", "--data", data)
    by_file = ("--key", tmp_path / "old.key", "--passphrase-file", tmp_path / "pass")
    assert absah(*words, *by_file)["error"] == "keys.import-refused"
    assert absah(*words, "--token", "hsm", "--key-id", "cafe")["error"] == "keys.token-unknown"
    with (data / "absah.toml").open("a") as settings:
        settings.write("\n[keys]\nallow_import = true\n")
    stop_signer(data)
    wrong = ("--key", tmp_path / "pass", "--passphrase-file", tmp_path / "pass")
    assert absah(*words, *wrong)["error"] == "cli.private-key-unreadable"
    assert absah(*words, *by_file)["status"] == 0
