"""What the keys of services sign: certificates, revocation lists, OCSP responses, time-stamps.

Each key does the work of its kind only. A certificate is prepared and linted here, next to the key, whatever the
caller may have linted before.
"""

from dataclasses import dataclass
from typing import Final, final

from absah.adapters.signer.custody import Custody, IntendedUses, check_kind, check_usable_now
from absah.adapters.signer.errors import IssuerForeign
from absah.adapters.signer.records import CertifiedChain, Credential, KeyKind, KeyUse
from absah.kernel.rng import Serial, serial_number
from absah.pki import oids
from absah.pki.algorithms import DigestAlgorithm
from absah.pki.crl import CrlPlan, build_crl
from absah.pki.issuance import CertificateOrder, LintedCertificate, issue, prepare
from absah.pki.names import SubjectName
from absah.pki.ocsp import OcspPlan, build_ocsp_response
from absah.pki.requests import build_certificate_request
from absah.pki.tsp import PkiFailure, Stamper, TokenPlan, build_timestamp_token, timestamp_refusal, timestamp_response
from absah.pki.tsp_issuing import StampingRules, plan_stamp
from absah.signing.ports import CredentialId, DocumentDigest

_RULES: Final = StampingRules(policy=oids.TEST_TIMESTAMP_POLICY)
_SERVICE_KINDS: Final = frozenset({KeyKind.AUTHORITY, KeyKind.TSA, KeyKind.OCSP})


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Stamping:
    """Time-stamps over signatures that do not exist yet. The serial numbers do, so that they stand in the journal."""

    custody: Custody
    credential: Credential
    chain: tuple[bytes, ...]
    digests: tuple[DocumentDigest, ...]
    serials: tuple[Serial, ...]

    @property
    def uses(self) -> tuple[KeyUse, ...]:
        """The intentions: a serial, and the document whose signature it will stamp."""
        return tuple(
            KeyUse(
                credential=self.credential.credential,
                operation="timestamp",
                subject=f"{serial:x}:signature-of:{digest.hex()}",
            )
            for serial, digest in zip(self.serials, self.digests, strict=True)
        )

    def tokens(self, signatures: tuple[bytes, ...], algorithm: DigestAlgorithm, /) -> tuple[bytes, ...]:
        """DER of a TimeStampToken over each signature value (RFC 3161 appendix A)."""
        now = self.custody.clock.now()
        stamper = Stamper(self.chain, self.custody.service_key(self.credential).signing_key())
        return tuple(
            stamper.token(
                TokenPlan(
                    policy=_RULES.policy,
                    digest_algorithm=algorithm,
                    imprint=algorithm.digest(signature),
                    serial=serial,
                    time=now,
                    nonce=None,
                    accuracy=_RULES.accuracy,
                )
            )
            for signature, serial in zip(signatures, self.serials, strict=True)
        )


@final
@dataclass(frozen=True, slots=True, kw_only=True)
class Prepared:
    """Certificates that one issuer may sign now: linted, and intended in the journal."""

    credential: Credential
    linted: tuple[LintedCertificate, ...]
    intended: IntendedUses


@final
class ServiceDesk:
    """Where certificates, lists and time-stamps are signed."""

    def __init__(self, custody: Custody, /) -> None:
        self._custody = custody

    def issue_certificate(self, issuer: CredentialId, order: CertificateOrder, /) -> bytes:
        """Prepare, lint, issue: the certificate (DER). Raises IssuerForeign and the errors of `pki.issuance`."""
        return self.sign_prepared(self.prepare_certificates(issuer, (order,)))[0]

    def prepare_certificates(self, issuer: CredentialId, orders: tuple[CertificateOrder, ...], /) -> Prepared:
        """All that comes before the signatures: each is linted, and its intention stands in the journal.

        All or, where one is refused, none. Raises what `issue_certificate` raises.
        """
        custody = self._custody
        credential, certified = self._ready(issuer, KeyKind.AUTHORITY, "issue-certificate")
        if any(order.issuer != certified.certificate for order in orders):
            raise IssuerForeign
        now = custody.clock.now()
        linted = tuple(prepare(order, now=now) for order in orders)
        uses = (
            KeyUse(credential=issuer, operation="issue-certificate", subject=f"{order.serial:x}") for order in orders
        )
        return Prepared(credential=credential, linted=linted, intended=custody.intend(*uses))

    def sign_prepared(self, prepared: Prepared, /) -> tuple[bytes, ...]:
        """The certificates (DER), in the order in which they were ordered. Raises SignatureInvalid."""
        custody = self._custody
        with custody.concluding(prepared.intended):
            key = custody.service_key(prepared.credential).signing_key()
            return tuple(issue(one, key) for one in prepared.linted)

    def certificate_request(self, name: CredentialId, subject: SubjectName, /) -> bytes:
        """A request (PKCS #10) for a service's key, certified or not yet: for an authority elsewhere to answer."""
        custody = self._custody
        credential = custody.credential(name)
        check_kind(credential, _SERVICE_KINDS, "request-certificate")
        with custody.proving(KeyUse(credential=name, operation="request-certificate")):
            return build_certificate_request(custody.service_key(credential).signing_key(), subject)

    def issue_crl(self, issuer: CredentialId, plan: CrlPlan, /) -> bytes:
        """The list (DER). Raises IssuerForeign, CrlIssuerRefused."""
        custody = self._custody
        credential, certified = self._ready(issuer, KeyKind.AUTHORITY, "issue-crl")
        if plan.issuer_der != certified.certificate:
            raise IssuerForeign
        use = KeyUse(credential=issuer, operation="issue-crl", subject=f"{plan.number:x}")
        with custody.using(use):
            return build_crl(plan, custody.service_key(credential).signing_key())

    def ocsp_response(self, responder: CredentialId, plan: OcspPlan, /) -> bytes:
        """The response (DER). Raises IssuerForeign, OcspResponderRefused."""
        custody = self._custody
        credential, certified = self._ready(responder, KeyKind.OCSP, "ocsp-response")
        if plan.responder_der != certified.certificate:
            raise IssuerForeign
        subject = ",".join(f"{one.cert_id.serial:x}" for one in plan.responses)
        with custody.using(KeyUse(credential=responder, operation="ocsp-response", subject=subject)):
            return build_ocsp_response(plan, custody.service_key(credential).signing_key())

    def timestamp(self, tsa: CredentialId, request_der: bytes, /) -> bytes:
        """A TimeStampResp (DER). What is wrong with the request is said in it, as RFC 3161 §2.4.2 has it."""
        return self.timestamps(tsa, (request_der,))[0]

    def timestamps(self, tsa: CredentialId, requests: tuple[bytes, ...], /) -> tuple[bytes, ...]:
        """The same for many requests, in their order, with the same time and one entry into the journal for all."""
        custody = self._custody
        credential, certified = self._ready(tsa, KeyKind.TSA, "timestamp")
        now = custody.clock.now()
        plans = [plan_stamp(one, _RULES, serial=serial_number(custody.rng), now=now) for one in requests]
        uses = tuple(
            KeyUse(credential=tsa, operation="timestamp", subject=f"{plan.serial:x}:{plan.imprint.hex()}")
            for plan in plans
            if isinstance(plan, TokenPlan)
        )
        if not uses:
            return tuple(timestamp_refusal(plan) for plan in plans if isinstance(plan, PkiFailure))
        chain = (certified.certificate, *certified.chain)
        with custody.using(*uses):
            key = custody.service_key(credential).signing_key()
            return tuple(
                timestamp_refusal(plan)
                if isinstance(plan, PkiFailure)
                else timestamp_response(build_timestamp_token(plan, chain, key))
                for plan in plans
            )

    def stamping(self, tsa: CredentialId, digests: tuple[DocumentDigest, ...], /) -> Stamping:
        """Stamps for the signatures of these documents, which are to be made now."""
        custody = self._custody
        credential, certified = self._ready(tsa, KeyKind.TSA, "timestamp")
        return Stamping(
            custody=custody,
            credential=credential,
            chain=(certified.certificate, *certified.chain),
            digests=digests,
            serials=tuple(serial_number(custody.rng) for _ in digests),
        )

    def _ready(self, name: CredentialId, kind: KeyKind, operation: str) -> tuple[Credential, CertifiedChain]:
        credential = self._custody.credential(name)
        check_kind(credential, frozenset({kind}), operation)
        return credential, check_usable_now(credential, self._custody.clock)
