"""A passkey over a challenge of ours: an authenticator of some lines, on the curve P-256, plays the device."""

import hashlib

import pytest
from allauth.core import context
from allauth.mfa.models import Authenticator
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from django.test import RequestFactory
from fido2 import cbor
from tests.fakes.passkeys import PRESENT, Device, spelled

from absah.kernel.clock import FixedClock
from absah_site.accounts import access, actions
from absah_site.actors import Account, Operator

HOST = "absah.sagarabiru.example"
CHALLENGE = hashlib.sha256(b"a list of digests").digest()

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _a_request_at_our_name(settings, rf: RequestFactory):
    settings.ALLOWED_HOSTS = [HOST]
    with context.request_context(rf.get("/", headers={"host": HOST})):
        yield


@pytest.fixture
def ratna(operator: Operator, clock: FixedClock, rng) -> Account:
    new = actions.NewAccount(username="ratna", password="kucing-biru-terbang", display_name="Ratna")
    return actions.create_user(new, by=operator, clock=clock, rng=rng)


@pytest.fixture
def device(ratna: Account, django_user_model: type) -> Device:
    made = Device(HOST)
    data = {"name": "Laptop", "credential": made.registered()}
    Authenticator.objects.create(user=django_user_model.objects.get(), type="webauthn", data=data)
    return made


def test_who_has_no_passkey_is_not_asked(ratna: Account) -> None:
    assert access.consent_question(ratna, CHALLENGE) is None
    assert access.consent_proof(ratna, CHALLENGE, Device(HOST).answers(CHALLENGE)) is None


def test_an_answer_proves_consent_to_its_challenge_and_carries_what_checks_it_again(
    ratna: Account, device: Device
) -> None:
    asked = access.consent_question(ratna, CHALLENGE)["publicKey"]
    assert asked["challenge"] == spelled(CHALLENGE)
    assert [one["id"] for one in asked["allowCredentials"]] == [spelled(device.id)]
    assert asked["userVerification"] == "required"
    proof = access.consent_proof(ratna, CHALLENGE, device.answers(CHALLENGE))
    assert proof.credential_id == device.id
    signed = proof.authenticator_data + hashlib.sha256(proof.client_data).digest()
    x, y = (cbor.decode(proof.public_key)[label] for label in (-2, -3))  # RFC 9053 §7.1.1
    numbers = ec.EllipticCurvePublicNumbers(int.from_bytes(x, "big"), int.from_bytes(y, "big"), ec.SECP256R1())
    numbers.public_key().verify(proof.signature, signed, ec.ECDSA(hashes.SHA256()))


def test_another_challenge_another_key_another_site_or_a_locked_passkey_prove_nothing(
    ratna: Account, device: Device
) -> None:
    for answer in (
        device.answers(hashlib.sha256(b"another list").digest()),
        Device(HOST).answers(CHALLENGE),
        device.answers(CHALLENGE, flags=PRESENT),
        device.answers(CHALLENGE, origin="https://palsu.example"),
        {},
        None,
        {"id": "x", "response": {"signature": 7}},
    ):
        assert access.consent_proof(ratna, CHALLENGE, answer) is None
