"""Signer, time-stamping authority and revocation source in memory, and ports made of them."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from absah.adapters.pyhanko_engine import PyHankoEngine
from absah.kernel.clock import FixedClock, Instant, instant
from absah.kernel.errors import NotAllowed
from absah.kernel.rng import UnsafeSeededRng, serial_number
from absah.pki.algorithms import DigestAlgorithm, SignatureScheme, key_algorithm_of, public_key_of, sign_with
from absah.pki.cms_attributes import parse_signed_attributes
from absah.pki.tsp import Accuracy, TokenPlan, build_timestamp_token
from absah.signing.completion import SigningPorts
from absah.signing.factors import Factors, Secret
from absah.signing.material import ValidationMaterial
from absah.signing.ports import (
    Activation,
    CredentialId,
    CredentialState,
    CredentialView,
    DocumentEngine,
    SignerConsent,
)
from tests.fakes.hierarchy import Hierarchy, Member, hierarchy

NOW: Instant = instant(datetime(2026, 11, 21, 2, 15, tzinfo=UTC))
CREDENTIAL = CredentialId("kunci-1")
PASSPHRASE = "kuda baterai staples benar"
FACTORS = Factors(passphrase=Secret(PASSPHRASE))


@dataclass(slots=True)
class FakeSigner:
    """Holds keys, checks one passphrase, signs each authorised digest once."""

    members: dict[CredentialId, Member]
    clock: FixedClock
    state: CredentialState = CredentialState.ACTIVE
    activations: list[Activation] = field(default_factory=list)
    unused: dict[str, set[bytes]] = field(default_factory=dict)
    consent_changes: dict[str, object] = field(default_factory=dict)
    scheme: SignatureScheme | None = None

    def certificate_chain(self, credential: CredentialId, /) -> CredentialView:
        member = self.members[credential]
        return CredentialView(
            certificate=member.certificate,
            chain=member.chain,
            key_algorithm=key_algorithm_of(public_key_of(member.key)),
            state=self.state,
            scheme=self.scheme,
        )

    def authorise(self, activation: Activation, /) -> SignerConsent:
        self.activations.append(activation)
        if activation.factors.passphrase != Secret(PASSPHRASE):
            raise NotAllowed
        number = f"persetujuan-{len(self.activations)}"
        self.unused[number] = set(activation.digests)
        consent = SignerConsent(
            consent_id=number,
            credential=activation.credential,
            digests=frozenset(activation.digests),
            given_at=self.clock.now(),
            expires_at=instant(self.clock.now() + timedelta(seconds=120)),
            factors_used=activation.factors.kinds,
        )
        return replace(consent, **self.consent_changes)

    def sign(self, consent: SignerConsent, signed_attributes: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        member = self.members[consent.credential]
        way = self.certificate_chain(consent.credential).way
        made = []
        for attributes in signed_attributes:
            self.unused[consent.consent_id].remove(parse_signed_attributes(attributes).message_digest)
            made.append(sign_with(member.key, attributes, way))
        return tuple(made)


@dataclass(slots=True)
class FakeTimestamps:
    """A time-stamping authority that counts."""

    tsa: Member
    clock: FixedClock
    rng: UnsafeSeededRng = field(default_factory=lambda: UnsafeSeededRng(b"tsa"))
    stamps: int = 0

    def timestamp(self, imprint: bytes, digest: DigestAlgorithm, /) -> bytes:
        self.stamps += 1
        plan = TokenPlan(
            policy="1.3.6.1.4.1.99999.1",
            digest_algorithm=digest,
            imprint=imprint,
            serial=serial_number(self.rng),
            time=self.clock.now(),
            nonce=None,
            accuracy=Accuracy(seconds=1),
        )
        return build_timestamp_token(plan, (self.tsa.certificate, *self.tsa.chain), self.tsa.key)


@dataclass(slots=True)
class FakeRevocation:
    """Knows the CRLs of a hierarchy, made once."""

    crls: tuple[bytes, ...]
    asked: list[tuple[bytes, ...]] = field(default_factory=list)

    def material_for(self, certificates: tuple[bytes, ...], /) -> ValidationMaterial:
        self.asked.append(certificates)
        return ValidationMaterial(certificates=certificates, crls=self.crls)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bench:
    """Ports, with the fakes behind them in reach."""

    ports: SigningPorts
    signer: FakeSigner
    timestamps: FakeTimestamps
    revocation: FakeRevocation
    clock: FixedClock
    pki: Hierarchy


def bench(*, kind: str = "p256", engine: DocumentEngine | None = None, member: Member | None = None) -> Bench:
    pki = hierarchy()
    clock = FixedClock(NOW)
    signer = FakeSigner(members={CREDENTIAL: member or pki.signer(kind=kind)}, clock=clock)
    timestamps = FakeTimestamps(tsa=pki.tsa, clock=clock)
    revocation = FakeRevocation(crls=pki.crls(NOW))
    ports = SigningPorts(signer=signer, engine=engine or PyHankoEngine(), timestamps=timestamps, revocation=revocation)
    return Bench(ports=ports, signer=signer, timestamps=timestamps, revocation=revocation, clock=clock, pki=pki)
