"""Ceremonies held and rehearsed in memory and in a folder: everything is there afterwards, or nothing."""

import hashlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import BestAvailableEncryption, Encoding, PrivateFormat
from tests.fixtures_pki import ISSUING_NAME, NOW, ROOT_NAME, certify, new_key

from absah.adapters.ceremonies import room as room_module
from absah.adapters.ceremonies.keys import KeyNotOpened, KeyTable, Opener, SourceKeyUnreadable
from absah.adapters.ceremonies.record import RecordAltered
from absah.adapters.ceremonies.room import (
    CeremonyHeld,
    FolderNotWritten,
    InputDiffers,
    InputMissing,
    Room,
    check_folder,
    keep,
)
from absah.adapters.ceremonies.steps import JudgeMissing, JudgeObjects
from absah.adapters.offline_keys import seal_offline_key, unseal_offline_key
from absah.adapters.sealing import DerivationCost
from absah.kernel.clock import FixedClock
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import KeyAlgorithm, public_key_of
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.crl import parse_crl
from absah.pki.hierarchy import AuthorityForeign
from absah.pki.lint import Finding, Severity
from absah.pki.requests import build_certificate_request, parse_certificate_request
from absah.pki.secret_sharing import SharesRefused, parse_share
from absah.signing.factors import Secret

FIRST = """format: 1
ceremony: akar-2026
title: Akar dan CA penerbit (contoh)
place: Kota Contoh
people:
  - {name: Sari Contoh, role: administrator}
  - {name: Budi Contoh, role: custodian}
  - {name: Citra Contoh, role: custodian}
  - {name: Dewi Contoh, role: custodian}
quorum: 2
"""
POINTERS = "crl_url: http://pki.example/root.crl, ca_issuers_url: http://pki.example/root.cer"
STEPS = f"""steps:
  - {{step: make-key, key: root, algorithm: ec-p256}}
  - {{step: certify-root, key: root, common_name: Akar UJI COBA, organisation: Absah, output: root.cer}}
  - {{step: certify-authority, key: root, issuer: root.cer, request: ca.csr, common_name: CA UJI COBA,
     organisation: Absah, {POINTERS}, output: ca.cer}}
  - {{step: sign-crl, key: root, issuer: root.cer, number: 1, days: 365, output: root.crl}}
"""


@dataclass
class Bench:
    """A folder with a ceremony's file and what it brings along."""

    folder: Path
    judge: object = None
    opener: Opener = field(default_factory=Opener)

    def bring(self, name: str, content: bytes) -> str:
        (self.folder / name).write_bytes(content)
        return f"{{file: {name}, sha256: {hashlib.sha256(content).hexdigest()}}}"

    def room(self, text: str) -> Room:
        path = self.folder / "ceremony.yaml"
        path.write_text(text)
        return Room(
            path=path,
            clock=FixedClock(NOW),
            rng=SystemRng(),
            judge=self.judge,
            opener=self.opener,
            cost=DerivationCost(),
        )

    def hold(self, text: str, *, rehearsal: bool = False):
        return self.room(text).hold(rehearsal=rehearsal)


@pytest.fixture
def bench(tmp_path) -> Bench:
    (tmp_path / "table").mkdir()
    return Bench(tmp_path / "table")


@pytest.fixture
def ca_key():
    return new_key()


@pytest.fixture
def first(bench, ca_key) -> str:
    request = bench.bring("ca.csr", build_certificate_request(ca_key, ISSUING_NAME))
    return f"{FIRST}inputs:\n  ca.csr: {request}\n{STEPS}"


def shares_of(held, *numbers):
    spelled = sorted(held.shares.items())
    return tuple(parse_share(spelled[number][1].splitlines()[-1]) for number in numbers)


def test_a_root_is_made_used_and_sealed_under_shares_that_open_it_again(bench, first, ca_key, tmp_path):
    held = bench.hold(first)
    keep(held, tmp_path / "out")
    root, issued = (load_certificate(held.outputs[name]) for name in ("root.cer", "ca.cer"))
    issued.verify_directly_issued_by(root)
    assert public_key_of_certificate(issued) == public_key_of(ca_key)
    parse_crl(held.outputs["root.crl"]).verify(public_key_of_certificate(root))
    assert sorted(path.name for path in (tmp_path / "out" / "shares").iterdir()) == [
        "1-budi-contoh.share",
        "2-citra-contoh.share",
        "3-dewi-contoh.share",
    ]
    assert (tmp_path / "out" / "root.key").stat().st_mode & 0o777 == 0o600
    (secret,) = Opener(shares=shares_of(held, 0, 2)).secrets()
    assert public_key_of(unseal_offline_key(held.keys["root.key"], secret)) == public_key_of_certificate(root)
    assert check_folder(tmp_path / "out")["share_set"] == shares_of(held, 0)[0].set_id.hex()
    with pytest.raises(CeremonyHeld):
        keep(held, tmp_path / "out")


def test_no_secret_is_in_the_record_or_its_print(bench, first):
    held = bench.hold(first)
    told = held.record.text + held.record.printed
    for share in shares_of(held, 0, 1, 2):
        assert share.value.hex().encode() not in told
        assert share.spelled().encode() not in told


def test_a_rehearsal_does_all_of_it_and_keeps_nothing(bench, first):
    told = []
    held = bench.room(first).hold(rehearsal=True, tell=lambda word, done: told.append((word, done.signed)))
    assert [word for word, _ in told] == ["make-key", "certify-root", "certify-authority", "sign-crl"]
    assert (held.keys, held.shares) == ({}, {})
    assert held.facts["rehearsal"]
    assert held.facts["trial"]


def rollover(bench, held) -> str:
    old = bench.bring("root.key", held.keys["root.key"])
    certificate = bench.bring("old.cer", held.outputs["root.cer"])
    return f"""{FIRST.replace("akar-2026", "akar-2031")}
previous: {hashlib.sha256(held.record.text).hexdigest()}
inputs:
  old.cer: {certificate}
keys:
  old: {old}
steps:
  - {{step: make-key, key: new, algorithm: ec-p384}}
  - {{step: certify-root, key: new, common_name: Akar G2 UJI COBA, organisation: Absah, output: new.cer}}
  - {{step: link-roots, key: old, issuer: old.cer, to: new.cer, {POINTERS}, days: 365, output: new-by-old.cer}}
  - {{step: link-roots, key: new, issuer: new.cer, to: old.cer, {POINTERS}, output: old-by-new.cer}}
  - {{step: request-certificate, key: old, common_name: Akar UJI COBA, organisation: Absah, output: old.csr}}
  - {{step: accept-certificate, key: new, certificate: new-by-old.cer, chain: [old.cer]}}
  - {{step: sign-crl, key: old, issuer: old.cer, number: 2, days: 30,
     revoked: [{{certificate: new-by-old.cer, at: 2026-11-20, reason: superseded}}], output: old.crl}}
"""


def test_a_new_root_and_the_old_one_vouch_for_each_other(bench, first):
    before = bench.hold(first)
    bench.opener = Opener(shares=shares_of(before, 1, 2))
    held = bench.hold(rollover(bench, before))
    old, new = load_certificate(before.outputs["root.cer"]), load_certificate(held.outputs["new.cer"])
    load_certificate(held.outputs["new-by-old.cer"]).verify_directly_issued_by(old)
    load_certificate(held.outputs["old-by-new.cer"]).verify_directly_issued_by(new)
    assert parse_certificate_request(held.outputs["old.csr"]).public_key == public_key_of_certificate(old)
    assert len(parse_crl(held.outputs["old.crl"])) == 1
    assert list(held.keys) == ["new.key"]


def test_a_rehearsal_leaves_old_keys_closed(bench, first):
    text = rollover(bench, bench.hold(first))
    held = bench.hold(text, rehearsal=True)
    rehearsed = [one["step"] for one in held.facts["steps"] if "rehearsed" in one]
    assert rehearsed == ["request-certificate", "accept-certificate", "sign-crl"]
    text = text.replace("step: certify-root, key: new", "step: certify-root, key: old")
    text = text.replace("key: new, certificate: new-by-old.cer", "key: old, certificate: old.cer").replace(
        "chain: [old.cer]", "chain: []"
    )
    steps = bench.hold(text, rehearsal=True).facts["steps"]
    assert "rehearsed" in steps[1]
    assert steps[2]["rehearsed"] == "without new.cer"
    assert "rehearsed" not in steps[5]


def test_too_few_shares_or_others_open_nothing(bench, first):
    before, other = bench.hold(first), bench.hold(first)
    text = rollover(bench, before)
    bench.opener = Opener(shares=shares_of(before, 0))
    with pytest.raises(SharesRefused):
        bench.hold(text)
    bench.opener = Opener(shares=shares_of(other, 0, 1), passphrases=(Secret("bukan ini"),))
    with pytest.raises(KeyNotOpened):
        bench.hold(text)


def existing(bench, encrypted: bool = True) -> tuple[str, object]:
    party = certify("root-ca", ROOT_NAME, None)
    sealing = BestAvailableEncryption(b"kata lama") if encrypted else None
    pem = party.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing)
    text = f"""{FIRST}inputs:
  ca.pem: {bench.bring("ca.pem", pem)}
  ca.cer: {bench.bring("ca.cer", party.certificate)}
steps:
  - {{step: import-key, key: taken, source: ca.pem}}
  - {{step: accept-certificate, key: taken, certificate: ca.cer}}
"""
    return text, party


def test_an_existing_authority_is_taken_over_with_its_key(bench):
    text, party = existing(bench)
    with pytest.raises(SourceKeyUnreadable):
        bench.hold(text)
    bench.opener = Opener(passphrases=(Secret("salah"), Secret("kata lama")))
    held = bench.hold(text)
    (secret,) = Opener(shares=shares_of(held, 0, 1)).secrets()
    assert public_key_of(unseal_offline_key(held.keys["taken.key"], secret)) == party.public_key
    assert held.facts["steps"][1]["subject"].startswith("CN=Absah Root")
    stranger = certify("root-ca", ROOT_NAME, None).certificate
    text = text.replace(hashlib.sha256(party.certificate).hexdigest(), hashlib.sha256(stranger).hexdigest())
    (bench.folder / "ca.cer").write_bytes(stranger)
    with pytest.raises(AuthorityForeign):
        bench.hold(text)


def test_the_judge_is_asked_before_a_key_moves_and_stops_the_ceremony(bench, first):
    asked = []

    def judge(certificate, profile):
        asked.append((profile.name, any(load_certificate(certificate).signature)))
        return ()

    bench.judge = judge
    bench.hold(first)
    assert asked == [("root-ca", True), ("issuing-ca", False)]
    bench.judge = lambda *_: (Finding(code="x.y", severity=Severity.ERROR, message="", citation=None),)
    with pytest.raises(JudgeObjects) as refusal:
        bench.hold(first)
    assert refusal.value.parameters == {"findings": "x.y"}


def test_a_profile_is_accepted_by_the_judge_and_never_without(bench):
    names = ("root-ca", "link-ca", "issuing-ca", "tsa", "ocsp-responder", "individual-signer", "organisation-seal")
    steps = "".join(f"  - {{step: accept-profile, profile: {name}}}\n" for name in names)
    with pytest.raises(JudgeMissing):
        bench.hold(f"{FIRST}steps:\n{steps}")
    bench.judge = lambda *_: ()
    held = bench.hold(f"{FIRST}steps:\n{steps}")
    assert [one["profile"] for one in held.facts["steps"]] == list(names)
    assert (held.keys, held.shares, held.facts["quorum"]) == ({}, {}, [])


def test_a_file_that_is_missing_or_another_one_stops_the_ceremony(bench, first, tmp_path):
    request = bench.folder / "ca.csr"
    request.write_bytes(request.read_bytes() + b"\n")
    with pytest.raises(InputDiffers):
        bench.hold(first)
    request.unlink()
    with pytest.raises(InputMissing):
        bench.hold(first)
    with request.open("wb") as large:
        large.truncate(17 * 1024 * 1024)
    with pytest.raises(InputMissing):
        bench.hold(first)


def test_a_seal_that_would_not_open_again_is_found_at_once(monkeypatch):
    table = KeyTable(SystemRng(), rehearsal=False, opener=Opener(), cost=DerivationCost())
    table.make("root", KeyAlgorithm.P256)
    real = seal_offline_key

    def careless(_key, *rest, **options):
        return real(new_key(), *rest, **options)

    monkeypatch.setattr("absah.adapters.ceremonies.keys.seal_offline_key", careless)
    with pytest.raises(KeyNotOpened):
        table.put_away(1, 1)


@pytest.mark.parametrize("name", ["record.json", "record.p7s", "record.cer", "root.cer", "root.key", "ceremony.yaml"])
def test_each_file_that_is_altered_or_gone_is_named(bench, first, tmp_path, name):
    folder = tmp_path / "out"
    keep(bench.hold(first), folder)
    path = folder / name
    content = path.read_bytes()
    path.write_bytes(content[:-2] + bytes((content[-2] ^ 1, content[-1])))
    with pytest.raises(RecordAltered):
        check_folder(folder)
    path.unlink()
    if name == "root.key":  # it lies in a safe
        check_folder(folder)
        return
    with pytest.raises(RecordAltered) as refusal:
        check_folder(folder)
    assert refusal.value.parameters == {"what": name}


def test_an_interrupted_ceremony_leaves_no_half_folder_and_the_next_one_sweeps(bench, first, tmp_path, monkeypatch):
    held = bench.hold(first)
    target = tmp_path / "out"
    dead = tmp_path / f".out.ceremony-{4_194_305}"
    dead.mkdir()
    (dead / "root.key").write_bytes(b"sealed")
    with monkeypatch.context() as patch:
        patch.setattr(room_module, "wait_for_folder", lambda _: (_ for _ in ()).throw(OSError(28, "No space left")))
        with pytest.raises(FolderNotWritten):
            keep(held, target)
    assert [path.name for path in tmp_path.iterdir()] == ["table"]
    keep(held, target)


@pytest.mark.judge
@pytest.mark.skipif(shutil.which("openssl") is None, reason="openssl is not installed")
def test_openssl_verifies_the_signature_of_the_record(bench, first, tmp_path):
    keep(bench.hold(first), tmp_path / "out")
    words = ["openssl", "cms", "-verify", "-inform", "DER", "-in", "record.p7s", "-content", "record.json"]
    done = subprocess.run(
        [*words, "-noverify", "-binary", "-out", os.devnull],
        cwd=tmp_path / "out",
        capture_output=True,
        timeout=30,
        check=False,
    )
    assert b"Verification successful" in done.stderr
