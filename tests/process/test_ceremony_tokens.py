"""A ceremony whose root key is in a token (SoftHSM): made there, signing there, and found again the next time."""

import hashlib
import subprocess
from dataclasses import replace
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding
from tests.fixtures_pki import ISSUING_NAME, NOW, new_key
from tests.fixtures_tokens import SoftHsm, soft_hsm

from absah.adapters.ceremonies.room import Room, check_folder, keep
from absah.adapters.ceremonies.tokens import TokensInSettings
from absah.adapters.pkcs11.errors import TokenKeyMissing, TokenUnknown
from absah.adapters.pkcs11.settings import KeySettings
from absah.adapters.sealing import DerivationCost
from absah.kernel.clock import FixedClock
from absah.kernel.rng import SystemRng
from absah.pki.certificates import load_certificate
from absah.pki.crl import parse_crl
from absah.pki.requests import build_certificate_request

__all__ = ["soft_hsm"]

HEAD = """format: 1
ceremony: akar-token
title: Akar di dalam token (contoh)
place: Kota Contoh
people: [{name: Sari Contoh, role: administrator}, {name: Budi Contoh, role: witness}]
"""
STEPS = """steps:
  - {step: token-key, key: root, token: hsm-1, algorithm: ec-p384}
  - {step: certify-root, key: root, common_name: Akar UJI COBA, organisation: Absah, output: root.cer}
  - {step: certify-authority, key: root, issuer: root.cer, request: ca.csr, common_name: CA UJI COBA,
     organisation: Absah, crl_url: http://pki.example/root.crl, ca_issuers_url: http://pki.example/root.cer,
     output: ca.cer}
"""


def inputs(folder: Path, **files: bytes) -> str:
    lines = []
    for name, content in files.items():
        file = f"{name}.in"
        (folder / file).write_bytes(content)
        lines.append(f"  {name.replace('_', '.')}: {{file: {file}, sha256: {hashlib.sha256(content).hexdigest()}}}")
    return "inputs:\n" + "\n".join(lines) + "\n"


def room(folder: Path, text: str, hsm: SoftHsm | None) -> Room:
    (folder / "ceremony.yaml").write_text(text)
    clock, rng = FixedClock(NOW), SystemRng()
    tokens = None
    if hsm is not None:
        tokens = TokensInSettings(KeySettings(tokens=(hsm.settings("hsm-1", label="satu"),)), clock, rng)
    return Room(path=folder / "ceremony.yaml", clock=clock, rng=rng, judge=None, cost=DerivationCost(), tokens=tokens)


def test_a_root_key_is_made_in_a_token_signs_there_and_signs_again_in_a_later_ceremony(
    tmp_path: Path, soft_hsm: SoftHsm
) -> None:
    first = tmp_path / "first"
    first.mkdir()
    text = HEAD + inputs(first, ca_csr=build_certificate_request(new_key(), ISSUING_NAME)) + STEPS

    rehearsed = room(first, text, None).hold(rehearsal=True)
    assert rehearsed.facts["steps"][0]["token"] == "hsm-1"
    held = room(first, text, soft_hsm).hold(rehearsal=False)
    keep(held, tmp_path / "results")

    made = held.facts["steps"][0]
    assert (made["token"], made["algorithm"], len(made["key_id"])) == ("hsm-1", "secp384r1", 32)
    assert (held.keys, held.shares) == ({}, {}), "what is in a token has no file and no shares"
    root, below = (load_certificate(held.outputs[name]) for name in ("root.cer", "ca.cer"))
    root.verify_directly_issued_by(root)
    below.verify_directly_issued_by(root)
    check_folder(tmp_path / "results")
    for name, certificate in (("root", root), ("ca", below)):
        (tmp_path / f"{name}.pem").write_bytes(certificate.public_bytes(Encoding.PEM))
    words = ("openssl", "verify", "-CAfile", "root.pem", "ca.pem")
    seen = subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=False)
    assert seen.returncode == 0, seen.stderr

    second = tmp_path / "second"
    second.mkdir()
    again = (
        HEAD
        + inputs(second, root_cer=held.outputs["root.cer"])
        + "steps:\n"
        + f"  - {{step: token-key, key: root, token: hsm-1, key_id: {made['key_id']}}}\n"
        + "  - {step: sign-crl, key: root, issuer: root.cer, number: 1, days: 365, output: root.crl}\n"
    )
    assert room(second, again, None).hold(rehearsal=True).facts["steps"][0]["rehearsed"]
    listed = room(second, again, soft_hsm).hold(rehearsal=False)
    assert parse_crl(listed.outputs["root.crl"]).number == 1
    assert listed.facts["steps"][0]["public_key_sha256"] == made["public_key_sha256"]


def test_a_token_that_is_not_named_and_a_key_that_is_not_there_stop_the_ceremony(
    tmp_path: Path, soft_hsm: SoftHsm
) -> None:
    text = HEAD + inputs(tmp_path, ca_csr=build_certificate_request(new_key(), ISSUING_NAME)) + STEPS
    for steps in (STEPS, "steps:\n  - {step: token-key, key: root, token: hsm-1, key_id: 'ab'}\n"):
        with pytest.raises(TokenUnknown):
            room(tmp_path, HEAD + text.removeprefix(HEAD).partition("steps:")[0] + steps, None).hold(rehearsal=False)
    missing = "steps:\n  - {step: token-key, key: root, token: hsm-1, key_id: 'ab'}\n"
    with pytest.raises(TokenKeyMissing):
        room(tmp_path, HEAD + missing, soft_hsm).hold(rehearsal=False)
    other = room(tmp_path, (HEAD + missing).replace("hsm-1", "hsm-9"), soft_hsm)
    with pytest.raises(TokenUnknown):
        replace(other).hold(rehearsal=False)
