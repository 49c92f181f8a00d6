"""A device that keeps one passkey: an authenticator of some lines, on the curve P-256 (W3C WebAuthn §6)."""

import base64
import hashlib
import json
from dataclasses import dataclass, field

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from fido2 import cbor
from fido2.cose import ES256
from fido2.webauthn import AttestedCredentialData, AuthenticatorData

from absah.signing.factors import PasskeyAnswer

PRESENT, UNLOCKED = 0x01, 0x05


def spelled(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@dataclass
class Device:
    """`host` is the site it was made for. It counts its uses if `counts`."""

    host: str
    counts: bool = False
    key: ec.EllipticCurvePrivateKey = field(default_factory=lambda: ec.generate_private_key(ec.SECP256R1()))
    count: int = 0

    def __post_init__(self) -> None:
        self.id = hashlib.sha256(b"a passkey" + self.public_key).digest()

    @property
    def place(self) -> bytes:
        return hashlib.sha256(self.host.encode()).digest()

    @property
    def public_key(self) -> bytes:
        """As COSE_Key."""
        return cbor.encode(dict(ES256.from_cryptography_key(self.key.public_key())))

    def registered(self) -> dict:
        attested = AttestedCredentialData.create(
            b"\0" * 16, self.id, ES256.from_cryptography_key(self.key.public_key())
        )
        about = AuthenticatorData.create(self.place, 0x45, 0, attested)
        said = json.dumps({"type": "webauthn.create", "challenge": "", "origin": f"https://{self.host}"}).encode()
        made = {"fmt": "none", "attStmt": {}, "authData": bytes(about)}
        response = {"clientDataJSON": spelled(said), "attestationObject": spelled(cbor.encode(made))}
        return {"id": spelled(self.id), "rawId": spelled(self.id), "type": "public-key", "response": response}

    def answer(
        self, challenge: bytes, *, flags: int = UNLOCKED, origin: str = "", what: str = "webauthn.get", **more: object
    ) -> PasskeyAnswer:
        """What it answers to a challenge."""
        self.count += self.counts
        facts = {"type": what, "challenge": spelled(challenge), "origin": origin or f"https://{self.host}", **more}
        said = json.dumps(facts).encode()
        about = self.place + bytes([flags]) + self.count.to_bytes(4, "big")
        signature = self.key.sign(about + hashlib.sha256(said).digest(), ec.ECDSA(hashes.SHA256()))
        return PasskeyAnswer(credential_id=self.id, authenticator_data=about, client_data=said, signature=signature)

    def answers(self, challenge: bytes, *, flags: int = UNLOCKED, origin: str = "") -> dict:
        """The same as a browser sends it."""
        made = self.answer(challenge, flags=flags, origin=origin)
        response = {
            "clientDataJSON": spelled(made.client_data),
            "authenticatorData": spelled(made.authenticator_data),
            "signature": spelled(made.signature),
        }
        return {"id": spelled(self.id), "rawId": spelled(self.id), "type": "public-key", "response": response}
