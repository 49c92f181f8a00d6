"""Keys in tokens as they really are: workers over SoftHSM, tokens pulled out and put back, PINs wrong and right."""

import os
import signal
import subprocess
import threading
import time

import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, padding
from tests.fixtures_pki import NOW, PERSON_NAME, RESPONDER_NAME, TSA_NAME
from tests.fixtures_signer import (
    CA,
    PERSON,
    RIGHT,
    WRONG,
    House,
    attributes_for,
    certified_by,
    digest_of,
    enrol_services,
    order_for,
)
from tests.fixtures_tokens import MODULE, SoftHsm, TokenHouses, soft_hsm, token_houses

from absah.adapters.key_vault import ByPassphrase, ByService
from absah.adapters.pkcs11.desk import TokenDesk
from absah.adapters.pkcs11.errors import (
    TokenAbsent,
    TokenAmbiguous,
    TokenFailed,
    TokenKeyExtractable,
    TokenKeyMissing,
    TokenModuleMissing,
    TokenPinMissing,
    TokenPinWrong,
    TokenSilent,
)
from absah.adapters.pkcs11.keys import token_key
from absah.adapters.service_secret import create_service_secret
from absah.adapters.signer.errors import ProtectionRefused, WrongPassphrase
from absah.adapters.signer.records import CertifiedChain, KeyKind
from absah.adapters.signer_life import ensure_signer, stop_signer
from absah.kernel.clock import FixedClock, SystemClock
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import (
    DigestAlgorithm,
    KeyAlgorithm,
    SignatureAlgorithm,
    SignatureScheme,
    key_algorithm_of,
    pss_algorithm,
    sign_with,
    verify_bytes,
)
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.tsp import TimestampRequest, build_timestamp_request, parse_timestamp_response
from absah.signing.ports import CredentialId

__all__ = ["soft_hsm", "token_houses"]

pytestmark = pytest.mark.skipif(not MODULE.exists(), reason="SoftHSM is not installed")

ECDSA = SignatureAlgorithm(scheme=SignatureScheme.ECDSA, digest=DigestAlgorithm.SHA256)
KEY = b"\x01" * 16
HASHED = bytes(32)


@pytest.fixture
def desk(soft_hsm: SoftHsm):
    made = TokenDesk(soft_hsm.settings(), SystemClock())
    yield made
    made.close()


def found_ca(house: House) -> bytes:
    keeper = house.service.credentials
    public_key = keeper.create_key(CA, kind=KeyKind.AUTHORITY, algorithm=KeyAlgorithm.P256, protection=ByService())
    certificate = certified_by(house.root, public_key, house.clock.now())
    keeper.attach_certificate(CA, CertifiedChain(certificate=certificate, chain=(house.root.certificate,)))
    return certificate


@pytest.mark.parametrize(
    "algorithm", [KeyAlgorithm.P256, KeyAlgorithm.P384, KeyAlgorithm.RSA2048, KeyAlgorithm.RSA3072]
)
def test_every_kind_of_key_signs_in_the_token_as_it_would_here(desk, algorithm):
    spki = desk.generate(KEY, "kunci", algorithm)
    key = token_key(desk, KEY, spki)
    assert key_algorithm_of(spki) is algorithm
    if isinstance(key, ec.EllipticCurvePrivateKey):
        key.public_key().verify(key.sign(b"akta", ec.ECDSA(hashes.SHA384())), b"akta", ec.ECDSA(hashes.SHA384()))
        return
    for digest in (DigestAlgorithm.SHA256, DigestAlgorithm.SHA384, DigestAlgorithm.SHA512):
        pkcs1 = SignatureAlgorithm(scheme=SignatureScheme.RSA_PKCS1_V1_5, digest=digest)
        for how in (pkcs1, pss_algorithm(digest)):
            verify_bytes(spki, sign_with(key, b"akta", how), b"akta", how)
    by_name = padding.PSS(padding.MGF1(hashes.SHA256()), padding.PSS.DIGEST_LENGTH)
    key.public_key().verify(key.sign(b"akta", by_name, hashes.SHA256()), b"akta", by_name, hashes.SHA256())


def test_a_token_that_is_pulled_out_is_named_and_works_again_when_it_is_back(desk, soft_hsm):
    desk.generate(KEY, "kunci", KeyAlgorithm.P256)
    desk.sign(KEY, ECDSA, HASHED)
    soft_hsm.take_away()
    with pytest.raises((TokenAbsent, TokenFailed)):
        desk.sign(KEY, ECDSA, HASHED)
    soft_hsm.put_back()
    time.sleep(2.1)  # so long a failed start is remembered
    assert len(desk.sign(KEY, ECDSA, HASHED)) == 64


def test_a_worker_that_dies_is_replaced_without_anybody_noticing(desk):
    desk.generate(KEY, "kunci", KeyAlgorithm.P256)
    worker = desk._turns.queue[0]
    os.kill(worker._process.pid, signal.SIGKILL)
    worker._process.wait()
    assert len(desk.sign(KEY, ECDSA, HASHED)) == 64


def test_a_worker_that_hangs_is_ended_and_named_silent(desk, monkeypatch):
    desk.generate(KEY, "kunci", KeyAlgorithm.P256)
    worker = desk._turns.queue[0]
    os.kill(worker._process.pid, signal.SIGSTOP)
    monkeypatch.setattr("absah.adapters.pkcs11.desk.TokenWorker.ask.__kwdefaults__", {"patience": 0.2})
    with pytest.raises(TokenSilent):
        desk.sign(KEY, ECDSA, HASHED)
    assert worker._process.poll() == -signal.SIGKILL


def test_a_wrong_pin_is_tried_once_until_its_file_changes(soft_hsm, monkeypatch):
    soft_hsm.write_pin("hsm-1", "000000")
    desk = TokenDesk(soft_hsm.settings(), FixedClock(NOW))
    started = []
    real = type(desk).start.__globals__["TokenWorker"].__init__
    monkeypatch.setattr(
        "absah.adapters.pkcs11.desk.TokenWorker.__init__", lambda *one: (started.append(1), real(*one))[1]
    )
    for _ in range(3):
        with pytest.raises(TokenPinWrong):
            desk.describe()
    assert len(started) == 1
    soft_hsm.write_pin("hsm-1", "271828")
    assert desk.describe().label == "satu"
    desk.close()


def test_what_is_missing_is_named(soft_hsm):
    def refused(error, **changes):
        desk = TokenDesk(soft_hsm.settings(**changes), SystemClock())
        with pytest.raises(error):
            desk.describe()

    refused(TokenModuleMissing, module="/nowhere/libpkcs11.so")
    refused(TokenAbsent, label="tiga")
    refused(TokenAbsent, serial="0000000000000000")
    refused(TokenPinMissing, pin_file=soft_hsm.pins / "nobody.pin")
    exposed = soft_hsm.pin_file("exposed")
    exposed.chmod(0o644)
    refused(TokenPinMissing, pin_file=exposed)
    soft_hsm.initialise("satu")
    refused(TokenAmbiguous)
    with pytest.raises(TokenKeyMissing):
        TokenDesk(soft_hsm.settings(label="dua"), SystemClock()).sign(KEY, ECDSA, HASHED)


def test_many_threads_share_the_sessions_of_a_token(soft_hsm):
    desk = TokenDesk(soft_hsm.settings(sessions=2), SystemClock())
    spki = desk.generate(KEY, "kunci", KeyAlgorithm.P256)
    key = token_key(desk, KEY, spki)
    wrong = []

    def work(number: int) -> None:
        for turn in range(5):
            text = f"{number}:{turn}".encode()
            try:
                verify_bytes(spki, key.sign(text, ec.ECDSA(hashes.SHA256())), text, ECDSA)
            except Exception as problem:  # noqa: BLE001 - whatever it is, the test fails
                wrong.append(problem)

    threads = [threading.Thread(target=work, args=(number,)) for number in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    desk.close()
    assert wrong == []


def test_services_live_in_two_tokens_and_survive_a_restart(token_houses: TokenHouses):
    kinds = {"authority": "hsm-1", "tsa": "hsm-2", "ocsp": "hsm-2", "seal": "hsm-1"}
    house = token_houses.open(**kinds)
    found_ca(house)
    enrol_services(house)
    places = {one.credential: one.place.rpartition(":")[0] for one in house.service.credentials.all()}
    assert places == {"issuing-ca": "token:hsm-1", "tsa": "token:hsm-2", "ocsp": "token:hsm-2", "seal": "token:hsm-1"}
    assert ("tsa", "create-key") in {(row[0], row[1]) for row in house.journal() if row[2].startswith("token:hsm-2:")}
    # After a restart, and with other settings for new keys, the old ones are found where they are.
    house = token_houses.open()
    request = build_timestamp_request(TimestampRequest(digest_algorithm=DigestAlgorithm.SHA256, imprint=HASHED))
    assert parse_timestamp_response(house.service.services.timestamp(CredentialId("tsa"), request))
    wanted = house.service.credentials.create_key(
        PERSON, kind=KeyKind.SUBSCRIBER, algorithm=KeyAlgorithm.P256, protection=ByPassphrase(RIGHT)
    )
    order = order_for("individual-signer", PERSON_NAME, wanted, house.certificate(CA), house.clock.now())
    issued = load_certificate(house.service.services.issue_certificate(CA, order))
    issued.verify_directly_issued_by(load_certificate(house.certificate(CA)))
    assert {one.place for one in house.service.credentials.all() if one.credential == PERSON} == {"software"}
    states = {one.name: (one.problem, len(one.keys)) for one in house.custody.vault.tokens()}
    assert states == {"hsm-1": ("", 2), "hsm-2": ("", 2)}


def test_a_person_s_key_in_a_token_still_wants_the_passphrase(token_houses: TokenHouses):
    house = token_houses.open(subscriber="hsm-1")
    found_ca(house)
    certificate = house.enrol(PERSON, KeyKind.SUBSCRIBER, "individual-signer", PERSON_NAME, ByPassphrase(RIGHT))
    document = digest_of("surat")
    with pytest.raises(WrongPassphrase):
        house.authorise(document, passphrase=WRONG)
    attributes = attributes_for(document, certificate)
    (signature,) = house.sign(house.authorise(document), attributes)
    verify_bytes(public_key_of_certificate(load_certificate(certificate)), signature, attributes, ECDSA)
    new = ByPassphrase(WRONG)
    house.service.credentials.change_passphrase(PERSON, RIGHT, new.passphrase)
    house.sign(house.authorise(document, passphrase=WRONG), attributes)


def test_a_pulled_token_refuses_a_request_and_nothing_else(token_houses: TokenHouses):
    """The signer goes on: what lives in software, or in the other token, is signed; the journal has the refusal."""
    house = token_houses.open(authority="hsm-1")
    found_ca(house)
    house.enrol(CredentialId("tsa"), KeyKind.TSA, "tsa", TSA_NAME, ByService())
    token_houses.hsm.take_away()
    keeper = house.service.credentials
    public_key = keeper.create_key(
        CredentialId("ocsp"), kind=KeyKind.OCSP, algorithm=KeyAlgorithm.P256, protection=ByService()
    )
    order = order_for("ocsp-responder", RESPONDER_NAME, public_key, house.certificate(CA), house.clock.now())
    with pytest.raises((TokenAbsent, TokenFailed)) as refusal:
        house.service.services.issue_certificate(CA, order)
    assert house.journal()[-1][1::4] == ("issue-certificate", refusal.value.code)
    request = build_timestamp_request(TimestampRequest(digest_algorithm=DigestAlgorithm.SHA256, imprint=HASHED))
    assert parse_timestamp_response(house.service.services.timestamp(CredentialId("tsa"), request))
    assert {one.problem for one in house.custody.vault.tokens()} <= {"keys.token-absent", "keys.token-failed"}


def test_a_dropped_key_is_gone_from_its_token(token_houses: TokenHouses):
    house = token_houses.open(authority="hsm-1")
    keeper = house.service.credentials
    keeper.create_key(CA, kind=KeyKind.AUTHORITY, algorithm=KeyAlgorithm.P256, protection=ByService())
    keeper.drop_pending(CA)
    assert [len(one.keys) for one in house.custody.vault.tokens()] == [0, 0]


def test_a_key_made_by_others_is_adopted_when_it_cannot_leave(token_houses: TokenHouses, tmp_path):
    house = token_houses.open()
    keeper, hsm = house.service.credentials, token_houses.hsm
    outside = TokenDesk(hsm.settings(), SystemClock())
    spki = outside.generate(b"\xca\xfe", "dibuat lain", KeyAlgorithm.P384)
    adopted = keeper.adopt_key(CA, kind=KeyKind.AUTHORITY, token="hsm-1", key_id=b"\xca\xfe")
    assert adopted == spki
    assert house.custody.credential(CA).place == "token:hsm-1:cafe"
    # A key that came from outside may have copies: SoftHSM knows that it was not always there.
    import_from = tmp_path / "key.pem"
    make = ["openssl", "genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(import_from)]
    subprocess.run(make, check=True, capture_output=True, timeout=30)
    pin = hsm.pin_file("hsm-1").read_text().strip()
    hsm.util("--import", str(import_from), "--token", "satu", "--label", "asing", "--id", "beef", "--pin", pin)
    with pytest.raises(TokenKeyExtractable):
        keeper.adopt_key(CredentialId("ca-2"), kind=KeyKind.AUTHORITY, token="hsm-1", key_id=b"\xbe\xef")
    with pytest.raises(TokenKeyMissing):
        keeper.adopt_key(CredentialId("ca-3"), kind=KeyKind.AUTHORITY, token="hsm-1", key_id=b"\x00")
    with pytest.raises(ProtectionRefused):
        keeper.adopt_key(PERSON, kind=KeyKind.SUBSCRIBER, token="hsm-1", key_id=b"\xca\xfe")
    outside.close()


def test_the_signer_process_reads_its_tokens_from_the_settings(soft_hsm, tmp_path):
    data = tmp_path / "instance"
    create_service_secret(data, SystemRng())
    (data / "secrets" / "hsm.pin").touch(mode=0o600)
    (data / "secrets" / "hsm.pin").write_text("271828\n")
    (data / "absah.toml").write_text(
        f'[tokens.hsm]\nmodule = "{MODULE}"\nlabel = "satu"\npin_file = "hsm.pin"\n[keys]\nauthority = "hsm"\n'
    )
    client = ensure_signer(data)
    try:
        client.create_key(CA, kind="authority", algorithm=KeyAlgorithm.P256, protection=ByService())
        (key,) = client.list_keys()
        (token,) = client.tokens()
        assert key.place in token.keys
        assert token.label == "satu"
        assert "271828" not in (data / "run" / "signer.log").read_text()
        soft_hsm.take_away()
        with pytest.raises((TokenAbsent, TokenFailed)):
            client.adopt_key(CredentialId("two"), kind="authority", token="hsm", key_id=b"1")
        assert client.ping().process
    finally:
        stop_signer(data)
