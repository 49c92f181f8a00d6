"""The keys of responders: made here, certified there, followed in time."""

from datetime import timedelta
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_public_key
from tests.fixtures_pki import NOW, RESPONDER_NAME, Party, Pki, make_pki, order

from absah.adapters.responder_keys import ResponderFolder, ResponderFolderUnusable, ResponderSecretMissing
from absah.kernel.clock import Instant, instant
from absah.kernel.rng import UnsafeSeededRng
from absah.pki.algorithms import public_key_of
from absah.pki.certificates import load_certificate, public_key_of_certificate
from absah.pki.issuance import issue, prepare
from absah.pki.profiles import load_profile
from absah.pki.requests import parse_certificate_request

RNG = UnsafeSeededRng(b"responder keys")


@pytest.fixture
def pki() -> Pki:
    return make_pki()


@pytest.fixture
def folder(tmp_path: Path) -> ResponderFolder:
    (tmp_path / "secrets").mkdir()
    return ResponderFolder(tmp_path, "ocsp", "issuing-ca")


def certify(folder: ResponderFolder, issuer: Party, now: Instant) -> bytes:
    """What the worker does: seven days for the key that was asked for."""
    (waiting,) = folder.waiting()
    asked = parse_certificate_request(waiting.request)
    validity = load_profile("ocsp-responder").validity_at(now, lasting=timedelta(days=7))
    wanted = order("ocsp-responder", RESPONDER_NAME, issuer.key, issuer.certificate)
    from dataclasses import replace

    wanted = replace(wanted, public_key=asked.public_key, validity=validity)
    certificate = issue(prepare(wanted, now=now), issuer.key)
    folder.deliver(waiting.name, certificate)
    return certificate


def test_a_key_is_asked_for_once_and_usable_when_its_certificate_lies_beside_it(
    folder: ResponderFolder, pki: Pki
) -> None:
    assert folder.newest(now=NOW) is None
    assert folder.last_certified() is None
    assert folder.ask(RESPONDER_NAME, now=NOW, rng=RNG)
    assert not folder.ask(RESPONDER_NAME, now=NOW, rng=RNG)
    certificate = certify(folder, pki.issuing, NOW)

    found = folder.newest(now=NOW)

    assert found is not None
    assert found.certificate == certificate
    assert public_key_of(found.key) == public_key_of_certificate(load_certificate(certificate))
    assert load_der_public_key(public_key_of(found.key))
    assert folder.waiting() == ()
    assert folder.last_certified() == found.not_before


def test_the_key_on_disk_is_sealed_and_for_the_owner_only(folder: ResponderFolder, tmp_path: Path) -> None:
    folder.ask(RESPONDER_NAME, now=NOW, rng=RNG)

    (key,) = (tmp_path / "responders" / "ocsp" / "issuing-ca").glob("*.key")
    assert b"BEGIN ENCRYPTED PRIVATE KEY" in key.read_bytes()
    assert key.stat().st_mode & 0o077 == 0
    assert (tmp_path / "secrets" / "responder.key").stat().st_mode & 0o077 == 0


def test_the_next_key_is_asked_for_at_half_the_life_and_old_generations_go(
    folder: ResponderFolder, pki: Pki, tmp_path: Path
) -> None:
    now = NOW
    for _ in range(5):
        assert folder.ask(RESPONDER_NAME, now=now, rng=RNG)
        certify(folder, pki.issuing, now)
        assert not folder.is_due(now=instant(now + timedelta(days=3)))
        now = instant(now + timedelta(days=3, hours=13))
        assert folder.is_due(now=now)

    assert len(list((tmp_path / "responders" / "ocsp" / "issuing-ca").glob("*.key"))) == 3


def test_a_key_that_cannot_be_opened_or_is_not_the_certificates_is_passed_over_and_asked_for_again(
    folder: ResponderFolder, pki: Pki, tmp_path: Path
) -> None:
    place = tmp_path / "responders" / "ocsp" / "issuing-ca"
    folder.ask(RESPONDER_NAME, now=NOW, rng=RNG)
    certify(folder, pki.issuing, NOW)
    (key,) = place.glob("*.key")
    kept = key.read_bytes()
    foreign = pki.person.key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())

    for spoilt in (b"no key", foreign, b""):
        key.write_bytes(spoilt)
        assert folder.newest(now=NOW) is None
        assert folder.is_due(now=NOW)
    key.write_bytes(kept)
    (tmp_path / "secrets" / "responder.key").write_bytes(b"another")
    assert folder.newest(now=NOW) is None


def test_a_request_that_cannot_be_certified_is_forgotten_with_its_key(folder: ResponderFolder, tmp_path: Path) -> None:
    folder.ask(RESPONDER_NAME, now=NOW, rng=RNG)
    (waiting,) = folder.waiting()

    folder.discard(waiting.name)

    assert list((tmp_path / "responders" / "ocsp" / "issuing-ca").glob("*.key")) == []
    assert folder.ask(RESPONDER_NAME, now=NOW, rng=RNG)


def test_a_folder_or_secret_that_cannot_be_made_is_said_so(tmp_path: Path) -> None:
    (tmp_path / "responders").write_text("a file", encoding="utf-8")
    with pytest.raises(ResponderFolderUnusable):
        ResponderFolder(tmp_path, "ocsp", "issuing-ca").ask(RESPONDER_NAME, now=NOW, rng=RNG)

    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    with pytest.raises(ResponderSecretMissing):
        ResponderFolder(elsewhere, "ocsp", "issuing-ca").ask(RESPONDER_NAME, now=NOW, rng=RNG)
