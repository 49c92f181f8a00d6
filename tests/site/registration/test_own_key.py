"""A key of the holder's own: made by OpenSSL or in a token; only its request comes, and a certificate goes back."""

import io
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509 import load_pem_x509_certificates
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko.sign.signers import PdfSignatureMetadata, SimpleSigner, sign_pdf
from tests.fixtures_instance import PASSWORD, Instance, Walk
from tests.fixtures_tokens import TokenHouses, soft_hsm, token_houses
from tests.site.registration.conftest import browser, newest_link

from absah.adapters.key_vault import ByService
from absah.adapters.signer.records import KeyKind
from absah.pki.algorithms import KeyAlgorithm
from absah.pki.names import AuthorityName
from absah.signing.ports import CredentialId
from absah_site.accounts.access import account_named
from absah_site.audit.access import latest_entries
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.actions import own_keys
from absah_site.enrolment.models import EnrolmentRequest, Subscriber
from absah_site.pki.models import Certificate

__all__ = ["soft_hsm", "token_houses"]

RIGHT = {"passphrase": "nobody", "lost": "at-once", "meaning": "same"}
PAGE = "/undangan/kunci-sendiri/"


@pytest.fixture
def person(walk: Walk) -> Client:
    """Somebody whose request was approved, who has opened the link and taken the lesson."""
    walk.approved()
    enrolment.invite(walk.request, by=walk.office.ra)
    return arrived()


def arrived() -> Client:
    client = browser()
    client.get(newest_link("activation-link"))
    client.post("/undangan/pelajaran/", RIGHT)
    return client


def openssl(*words: str) -> bytes:
    return subprocess.run(["openssl", *words], check=True, capture_output=True, timeout=60).stdout


@pytest.fixture
def key(tmp_path: Path) -> Path:
    path = tmp_path / "kunci.pem"
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(path))
    return path


def request_of(key: Path, *, digest: str = "-sha256") -> bytes:
    return openssl("req", "-new", digest, "-key", str(key), "-subj", "/CN=Bukan Siapa-siapa")


def send(client: Client, request: bytes, **changes: str):
    brought = SimpleUploadedFile("permohonan.csr", request, "application/pkcs10")
    form = {"username": "rina", "password": PASSWORD, "agree": "on", "request": brought} | changes
    return client.post(PAGE, form)


def newest_certificate() -> Certificate:
    return Certificate.objects.filter(profile="individual-signer").latest("pk")


def test_a_key_of_openssl_gets_a_certificate_that_says_what_the_register_says(
    person: Client, instance: Instance, key: Path
) -> None:
    assert "sign on these pages" in person.get(PAGE).content.decode()
    assert send(person, request_of(key)).status_code == 200
    held = newest_certificate()
    assert held.credential == ""
    assert "Rina Ayu Lestari" in held.subject
    assert "Bukan" not in held.subject
    assert Subscriber.objects.get().credential == ""
    assert EnrolmentRequest.objects.get().state == "activated"
    [facts] = [
        dict(entry.facts) for _, entry in latest_entries(limit=50) if entry.tag == "enrolment:credential:activated"
    ]
    assert facts["credential"] == ""
    holder = browser(account_named("rina", now=instance.clock.now()))
    page = holder.get("/sertifikat-saya/").content.decode()
    assert "Your key is with you" in page
    assert "/kunci-saya/frasa-sandi/" not in page
    chain = load_pem_x509_certificates(holder.get("/kunci-saya/sertifikat.pem").content)
    assert [one.subject for one in chain[1:]] == [one.issuer for one in chain[:-1]]
    public = openssl("pkey", "-in", str(key), "-pubout", "-outform", "DER")

    assert chain[0].public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo) == public


def test_the_agreement_goes_out_unsigned_and_comes_back_signed_with_that_key(
    person: Client, instance: Instance, key: Path, tmp_path: Path
) -> None:
    assert send(person, request_of(key)).status_code == 200
    holder = browser(account_named("rina", now=instance.clock.now()))
    page = "/kunci-saya/perjanjian/"
    unsigned = holder.get("/kunci-saya/perjanjian-kosong.pdf").content
    assert unsigned == holder.get("/kunci-saya/perjanjian-kosong.pdf").content
    assert holder.post(page, {"signed": upload(unsigned)}).status_code == 400
    certificates = tmp_path / "sertifikat.pem"
    certificates.write_bytes(holder.get("/kunci-saya/sertifikat.pem").content)
    signed = signed_elsewhere(unsigned, key, certificates)
    assert holder.post(page, {"signed": upload(signed[:-9] + b"lain-lain")}).status_code == 400
    assert holder.post(page, {"signed": upload(signed)}).status_code == 302
    assert holder.get("/kunci-saya/perjanjian.pdf").content == signed
    assert "enrolment:agreement:signed" in {entry.tag.value for _, entry in latest_entries(limit=5)}


def upload(content: bytes) -> SimpleUploadedFile:
    return SimpleUploadedFile("perjanjian.pdf", content, "application/pdf")


def signed_elsewhere(document: bytes, key: Path, certificates: Path) -> bytes:
    """As somebody else's program signs it."""
    chain = certificates.with_name("atas.pem")
    first, *above = certificates.read_text().split("-----END CERTIFICATE-----\n")[:-1]
    end = "-----END CERTIFICATE-----\n"
    certificates.write_text(first + end)
    chain.write_text("".join(one + end for one in above))
    signer = SimpleSigner.load(str(key), str(certificates), ca_chain_files=(str(chain),))
    meta = PdfSignatureMetadata(field_name="Pemilik", subfilter=SigSeedSubFilter.PADES, embed_validation_info=False)
    written = io.BytesIO()
    sign_pdf(IncrementalPdfFileWriter(io.BytesIO(document)), meta, signer=signer, output=written)
    return written.getvalue()


def test_a_key_in_a_token_gets_one(person: Client, token_houses: TokenHouses) -> None:
    house = token_houses.open(tsa="hsm-1")
    name = AuthorityName(common_name="Token", organisation="Saya")
    made = CredentialId("own")

    house.service.credentials.create_key(made, kind=KeyKind.TSA, algorithm=KeyAlgorithm.P256, protection=ByService())
    request = house.service.services.certificate_request(made, name)
    assert send(person, request).status_code == 200
    assert newest_certificate().status == "good"


@pytest.mark.parametrize("request_bytes", [b"", b"-----BEGIN CERTIFICATE REQUEST-----\n", b"\x30\x03\x02\x01\x00"])
def test_what_is_no_request_is_refused_and_the_link_stays(person: Client, request_bytes: bytes) -> None:
    assert send(person, request_bytes).status_code == 400
    assert EnrolmentRequest.objects.get().state == "approved"
    assert person.get(PAGE).status_code == 200


def test_a_request_signed_with_another_key_or_by_sha1_proves_nothing(person: Client, key: Path, tmp_path: Path) -> None:
    bent = bytearray(request_of(key))
    at = bent.rindex(b"\n-----END") - 6  # before whatever fills up the last group
    bent[at] = ord("A") if bent[at] != ord("A") else ord("B")
    assert send(person, bytes(bent)).status_code == 400
    assert send(person, request_of(key, digest="-sha1")).status_code == 400
    small = tmp_path / "kecil.pem"
    openssl("genpkey", "-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024", "-out", str(small))
    assert send(person, request_of(small)).status_code in {400, 422}
    assert not Certificate.objects.filter(profile="individual-signer").exists()


def test_a_key_that_had_a_certificate_gets_no_second(person: Client, instance: Instance, walk: Walk, key: Path) -> None:
    assert send(person, request_of(key)).status_code == 200
    first = newest_certificate()
    account = account_named("rina", now=instance.clock.now())
    number = Subscriber.objects.get().number
    request = enrolment.start_replacement(number, by=account)
    enrolment.verify_request(request, by=walk.office.verifying)
    enrolment.approve_request(request, by=walk.office.ra)
    enrolment.invite(request, by=walk.office.ra)
    again = arrived()
    assert send(again, request_of(key)).status_code == 400
    other = key.with_name("lain.pem")
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-384", "-out", str(other))
    assert send(again, request_of(other)).status_code == 200
    first.refresh_from_db()
    assert first.status == "revoked"


def test_what_was_cut_off_after_the_issuance_is_found_again_by_the_same_request(
    person: Client, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    with monkeypatch.context() as cut:
        cut.setattr(own_keys, "conclude", lambda *_words, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(person, request_of(key))
    issued = newest_certificate()
    assert send(person, request_of(key)).status_code == 200
    assert newest_certificate() == issued


def test_another_request_after_a_cut_replaces_the_certificate_that_nobody_saw(
    person: Client, key: Path, monkeypatch: pytest.MonkeyPatch
) -> None:

    with monkeypatch.context() as cut:
        cut.setattr(own_keys, "conclude", lambda *_words, **_named: (_ for _ in ()).throw(KeyboardInterrupt))
        with pytest.raises(KeyboardInterrupt):
            send(person, request_of(key))
    unseen = newest_certificate()
    other = key.with_name("lain.pem")
    openssl("genpkey", "-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:P-256", "-out", str(other))
    assert send(person, request_of(other)).status_code == 200
    unseen.refresh_from_db()
    assert (unseen.status, newest_certificate().status) == ("revoked", "good")
