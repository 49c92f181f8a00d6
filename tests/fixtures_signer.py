"""A signer with a small house around it: a root outside, an issuing CA, a person, a seal, a TSA and a responder inside.

`House` has the signer's desks in this process and a clock that the test moves.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from absah.adapters import totp
from absah.adapters.key_vault import ByPassphrase, ByService
from absah.adapters.service_secret import create_service_secret
from absah.adapters.signer.custody import Custody
from absah.adapters.signer.records import CertifiedChain, KeyKind
from absah.adapters.signer.service import SignerService
from absah.kernel.clock import FixedClock, Instant
from absah.kernel.rng import SystemRng
from absah.pki.algorithms import DigestAlgorithm, KeyAlgorithm, SignatureScheme
from absah.pki.certificates import load_certificate, validity_of
from absah.pki.cms import build_signed_attributes
from absah.pki.issuance import CertificateOrder, issue, prepare
from absah.pki.names import SubjectName
from absah.pki.profiles import load_profile
from absah.signing.factors import Factors, Secret
from absah.signing.ports import Activation, CredentialId, DocumentDigest
from tests.fakes.quick_stretch import quick_vaults
from tests.fixtures_pki import (
    ISSUING_NAME,
    NOW,
    PERSON_NAME,
    RESPONDER_NAME,
    ROOT_NAME,
    SEAL_NAME,
    TSA_NAME,
    Party,
    certify,
    new_key,
    order,
)

ID_DATA = "1.2.840.113549.1.7.1"
CA, PERSON, SEAL, TSA, OCSP = map(CredentialId, ("issuing-ca", "person", "seal", "tsa", "ocsp"))
RIGHT = Secret("tujuh gajah menari di sawah")
WRONG = Secret("tujuh gajah tidur")


def root_at(now: Instant) -> Party:
    """A root of our own whose validity begins now."""
    return certify("root-ca", ROOT_NAME, None, now=now, validity=load_profile("root-ca").validity_at(now))


def order_for(profile: str, subject: SubjectName, public_key: bytes, issuer: bytes, now: Instant) -> CertificateOrder:
    """An order for a key that somebody else holds."""
    until = validity_of(load_certificate(issuer))[1]
    usual = order(profile, subject, new_key(), issuer)
    return replace(usual, public_key=public_key, validity=load_profile(profile).validity_at(now, until=until))


def certified_by(root: Party, public_key: bytes, now: Instant) -> bytes:
    """The certificate of an issuing CA, signed by the root."""
    return issue(prepare(order_for("issuing-ca", ISSUING_NAME, public_key, root.certificate, now), now=now), root.key)


def digest_of(text: str, algorithm: DigestAlgorithm = DigestAlgorithm.SHA256) -> DocumentDigest:
    return DocumentDigest(algorithm.digest(text.encode()))


def attributes_for(digest: bytes, certificate: bytes, algorithm: DigestAlgorithm = DigestAlgorithm.SHA256) -> bytes:
    return build_signed_attributes(ID_DATA, digest, certificate, algorithm)


@dataclass
class House:
    data: Path
    clock: FixedClock
    custody: Custody
    service: SignerService
    root: Party

    def certificate(self, name: CredentialId) -> bytes:
        return self.service.credentials.view(name).certificate

    def enrol(
        self,
        name: CredentialId,
        kind: KeyKind,
        profile: str,
        subject: SubjectName,
        protection: ByPassphrase | ByService,
        algorithm: KeyAlgorithm = KeyAlgorithm.P256,
        *,
        scheme: SignatureScheme | None = None,
    ) -> bytes:
        """A key made in the signer, its certificate issued and attached there."""
        keeper, issuer = self.service.credentials, self.certificate(CA)
        public_key = keeper.create_key(name, kind=kind, algorithm=algorithm, protection=protection, scheme=scheme)
        wanted = order_for(profile, subject, public_key, issuer, self.clock.now())
        certificate = self.service.services.issue_certificate(CA, wanted)
        chain = (issuer, self.root.certificate)
        keeper.attach_certificate(name, CertifiedChain(certificate=certificate, chain=chain))
        return certificate

    def authorise(
        self,
        *digests: DocumentDigest,
        passphrase: Secret | None = RIGHT,
        code: str | None = None,
        application: str = "portal",
        credential: CredentialId = PERSON,
    ):
        factors = Factors(passphrase=passphrase, totp=code)
        return self.service.documents.authorise(
            Activation(credential=credential, application=application, digests=digests, factors=factors)
        )

    def sign(self, consent, *signed_attributes: bytes):
        return self.service.documents.sign(consent.consent_id, signed_attributes)

    def journal(self) -> list[tuple]:
        query = (
            "SELECT credential, operation, subject, application, factors, result"
            " FROM key_use LEFT JOIN key_use_result ON key_use = id ORDER BY id"
        )
        return self.custody.store._connection.execute(query).fetchall()

    def code(self, spelled: str) -> str:
        return totp.code_at(totp.read_base32(spelled), self.clock.now())


@pytest.fixture(scope="session")
def signer_root() -> Party:
    return root_at(NOW)


@pytest.fixture
def open_house(tmp_path: Path, signer_root: Party) -> Iterator[Callable[[], House]]:
    """Opens a signer over the same data folder, closing the one before: a restart."""
    create_service_secret(tmp_path, SystemRng())
    clock = FixedClock(NOW)
    opened: list[Custody] = []

    def reopen() -> House:
        while opened:
            opened.pop().close()
        rng = SystemRng()
        opened.append(Custody(tmp_path, clock=clock, rng=rng, vault_for=quick_vaults(rng)))
        return House(tmp_path, clock, opened[0], SignerService(opened[0]), signer_root)

    yield reopen
    while opened:
        opened.pop().close()


@pytest.fixture
def bare_house(open_house: Callable[[], House]) -> House:
    """A signer with an issuing CA and nobody else."""
    house = open_house()
    keeper = house.service.credentials
    public_key = keeper.create_key(CA, kind=KeyKind.AUTHORITY, algorithm=KeyAlgorithm.P256, protection=ByService())
    certificate = certified_by(house.root, public_key, house.clock.now())
    keeper.attach_certificate(CA, CertifiedChain(certificate=certificate, chain=(house.root.certificate,)))
    return house


@pytest.fixture
def house(bare_house: House) -> House:
    """A signer with an issuing CA and a person who has a passphrase."""
    bare_house.enrol(PERSON, KeyKind.SUBSCRIBER, "individual-signer", PERSON_NAME, ByPassphrase(RIGHT))
    return bare_house


def enrol_services(house: House) -> None:
    """A seal, a TSA and an OCSP responder beside the person."""
    house.enrol(SEAL, KeyKind.SEAL, "organisation-seal", SEAL_NAME, ByService())
    house.enrol(TSA, KeyKind.TSA, "tsa", TSA_NAME, ByService())
    house.enrol(OCSP, KeyKind.OCSP, "ocsp-responder", RESPONDER_NAME, ByService())
