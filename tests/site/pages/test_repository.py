"""Published files, the anchors, health."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from django.test import Client
from pytest_django import Settings

from absah.kernel.clock import FixedClock
from absah.kernel.errors import Unavailable
from absah_site import composition
from absah_site.config import Role

pytestmark = pytest.mark.django_db

KEY = ec.derive_private_key(7, ec.SECP256R1())
NAME = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Absah Root CA Uji")])


class Signer:
    """Answers, or does not."""

    def __init__(self) -> None:
        self.answers = True

    def ping(self) -> None:
        if not self.answers:
            raise Unavailable


@pytest.fixture(autouse=True)
def data(tmp_path: Path, settings: Settings, clock: FixedClock, monkeypatch: pytest.MonkeyPatch) -> Path:
    settings.CONFIG = replace(settings.CONFIG, data=tmp_path)
    monkeypatch.setattr(composition, "clock", lambda: clock)
    for folder in ("trust", "repository/ca", "repository/crl"):
        (tmp_path / folder).mkdir(parents=True)
    return tmp_path


@pytest.fixture
def signer(monkeypatch: pytest.MonkeyPatch) -> Signer:
    fake = Signer()
    monkeypatch.setattr(composition, "signer", lambda: fake)
    return fake


def publish_crl(data: Path, clock: FixedClock, *, lasts: timedelta) -> bytes:
    now = clock.now()
    builder = x509.CertificateRevocationListBuilder().issuer_name(NAME).last_update(now).next_update(now + lasts)
    der = builder.sign(KEY, hashes.SHA256()).public_bytes(serialization.Encoding.DER)
    (data / "repository/crl/issuing.crl").write_bytes(der)
    return der


def test_published_files_come_with_their_media_type_and_may_be_cached(
    client: Client, data: Path, clock: FixedClock
) -> None:
    der = publish_crl(data, clock, lasts=timedelta(days=7))
    (data / "repository/ca/issuing.cer").write_bytes(b"certificate")
    crl, certificate = client.get("/repo/crl/issuing.crl"), client.get("/repo/ca/issuing.cer")
    assert crl.content == der
    assert (crl.headers["Content-Type"], certificate.headers["Content-Type"]) == (
        "application/pkix-crl",
        "application/pkix-cert",
    )
    assert "public" in crl.headers["Cache-Control"]
    assert not crl.cookies
    again = client.get("/repo/crl/issuing.crl", HTTP_IF_NONE_MATCH=crl.headers["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    publish_crl(data, clock, lasts=timedelta(days=8))
    assert client.get("/repo/crl/issuing.crl", HTTP_IF_NONE_MATCH=crl.headers["ETag"]).status_code == 200


@pytest.mark.parametrize(
    "address",
    [
        "/repo/ca/absent.cer",
        "/repo/ca/..%2F..%2Fsecret.cer",
        "/repo/ca/../secret.cer",
        "/repo/ca/.hidden.cer",
        "/repo/ca/issuing.crl",
        "/repo/ca/link.cer",
        "/repo/ca/folder.cer",
        "/repo/ca/%00.cer",
        "/repo/crl/issuing.cer",
    ],
)
def test_nothing_else_is_served(client: Client, data: Path, address: str) -> None:
    (data / "secret.cer").write_bytes(b"rahasia")
    (data / "repository/ca/.hidden.cer").write_bytes(b"rahasia")
    (data / "repository/ca/issuing.crl").write_bytes(b"rahasia")
    (data / "repository/crl/issuing.cer").write_bytes(b"rahasia")
    (data / "repository/ca/link.cer").symlink_to(data / "secret.cer")
    (data / "repository/ca/folder.cer").mkdir()
    answer = client.get(address)
    assert answer.status_code == 404
    assert b"rahasia" not in answer.content


def test_the_anchors_are_shown_with_their_fingerprints(client: Client, data: Path, clock: FixedClock) -> None:
    assert "Situs ini belum memercayai sertifikat apa pun" in client.get("/kepercayaan/").content.decode()
    certificate = (
        x509.CertificateBuilder()
        .subject_name(NAME)
        .issuer_name(NAME)
        .public_key(KEY.public_key())
        .serial_number(7)
        .not_valid_before(clock.now())
        .not_valid_after(clock.now() + timedelta(days=3650))
        .sign(KEY, hashes.SHA256())
    )
    (data / "trust/root.cer").write_bytes(certificate.public_bytes(serialization.Encoding.DER))
    (data / "trust/broken.cer").write_bytes(b"no certificate")
    page = client.get("/kepercayaan/").content.decode()
    assert "Situs ini memercayai 1 sertifikat induk" in page
    assert certificate.fingerprint(hashes.SHA256()).hex(":").upper() in page
    assert "20 November 2026 \N{EN DASH} 17 November 2036" in page


def test_health_is_well_until_a_part_is_ill(client: Client, data: Path, clock: FixedClock, signer: Signer) -> None:
    publish_crl(data, clock, lasts=timedelta(days=2))
    assert client.get("/sehat/").status_code == 200
    assert client.get("/healthz", HTTP_ACCEPT="application/json").json()["well"] is True
    clock.advance(timedelta(days=1, hours=13))
    assert "Segera diperbarui" in client.get("/sehat/").content.decode()
    clock.advance(timedelta(hours=11))
    ill = client.get("/healthz", HTTP_ACCEPT="application/json")
    assert (ill.status_code, ill.json()["findings"][-1]["state"]) == (503, "ill")
    publish_crl(data, clock, lasts=timedelta(days=2))
    assert client.get("/sehat/").status_code == 200
    signer.answers = False
    page = client.get("/sehat/")
    assert page.status_code == 503
    assert "Tidak menjawab" in page.content.decode()


def test_a_certification_body_without_a_list_is_ill_and_an_agency_is_not(
    client: Client, settings: Settings, signer: Signer
) -> None:
    assert client.get("/sehat/").status_code == 503
    settings.CONFIG = replace(settings.CONFIG, role=Role.AGENCY)
    signer.answers = False
    assert client.get("/sehat/").status_code == 200


def test_an_unreadable_list_is_ill(client: Client, data: Path, signer: Signer) -> None:
    (data / "repository/crl/issuing.crl").write_bytes(b"no list")
    assert client.get("/sehat/").status_code == 503
