"""Many documents by one act, with the slow part later: the key is used at once, what needs no key goes on without it.

    prepared one by one -> intentions and one consent -> signature values (no secrets) -> each finished by a job

A value is written down by the caller before it is embedded, as a batch does (`absah.signing.batch`): up to it a crash
loses nothing but time, from it on the document is finished with that value and never goes to the key again.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, Final
from uuid import UUID

from django.db import transaction

from absah.adapters.remembered_revocation import RememberedRevocation
from absah.audit.tags import SigningTag
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import AbsahError
from absah.pdf.reader.source import BytesSource, source_of
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.completion import SigningPorts, complete
from absah.signing.consent import authorise
from absah.signing.factors import FactorKind, Factors
from absah.signing.levels import Level
from absah.signing.ports import (
    Activation,
    CredentialId,
    CredentialView,
    DocumentDigest,
    ReservedDocument,
    SignerConsent,
)
from absah.signing.preparation import prepare
from absah.signing.request import Authorised, Drafted, Prepared
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.enrolment import access as enrolment
from absah_site.signing import store
from absah_site.signing.actions.documents import (
    Asked,
    SigningInterrupted,
    UsableSigner,
    asked_by,
    draft_of,
    factors_text,
    fail,
    intend,
    signing_ports,
)
from absah_site.signing.actions.orders import DocumentOrder, Keeper, Nobody, Witness

_PER_SIGNING: Final = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedDocument:
    """A document whose bytes to be signed cannot change any more. `appended` follows the bytes that were handed in.

    Nothing is secret. `source` is the SHA-256 of what was handed in, hexadecimal.
    """

    source: str
    record: UUID
    credential: CredentialId
    level: Level
    appended: bytes = field(repr=False)
    byte_range: tuple[int, int, int, int]
    digest: bytes
    algorithm: DigestAlgorithm
    field_name: str
    signed_attributes: bytes = field(repr=False)
    at: Instant

    def to_dict(self) -> dict[str, object]:
        """For a row; `appended` is kept elsewhere."""
        return {
            "source": self.source,
            "record": str(self.record),
            "credential": self.credential,
            "level": self.level.value,
            "byte_range": list(self.byte_range),
            "digest": self.digest.hex(),
            "algorithm": self.algorithm.value,
            "field_name": self.field_name,
            "signed_attributes": self.signed_attributes.hex(),
            "at": self.at.isoformat(),
        }

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any], appended: bytes, /) -> "FixedDocument":
        """Back from a row."""
        return FixedDocument(**_fixed_columns(kept, appended))

    def prepared(self, document: bytes, view: CredentialView, /) -> Prepared:
        """The state of the core that this is, over the bytes that were handed in."""
        return Prepared(
            draft=Drafted(document=b"", credential=self.credential, level=self.level),
            reserved=ReservedDocument(
                original=BytesSource(document),
                appended=self.appended,
                byte_range=self.byte_range,
                digest=DocumentDigest(self.digest),
                algorithm=self.algorithm,
                field_name=self.field_name,
            ),
            signer=view,
            signed_attributes=self.signed_attributes,
            at=self.at,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ValuedDocument(FixedDocument):
    """A document whose signature value is here, by which consent and with which factors."""

    signature: bytes = field(repr=False)
    consent: str
    factors: str

    def to_dict(self) -> dict[str, object]:
        """For a row; `appended` is kept elsewhere."""
        more = {"signature": self.signature.hex(), "consent": self.consent, "factors": self.factors}
        return FixedDocument.to_dict(self) | more

    @classmethod
    def from_dict(cls, kept: Mapping[str, Any], appended: bytes, /) -> "ValuedDocument":
        """Back from a row."""
        return ValuedDocument(
            **_fixed_columns(kept, appended),
            signature=bytes.fromhex(str(kept["signature"])),
            consent=str(kept["consent"]),
            factors=str(kept["factors"]),
        )


def _fixed_columns(kept: Mapping[str, Any], appended: bytes) -> dict[str, Any]:
    first, second, third, fourth = kept["byte_range"]
    return {
        "source": str(kept["source"]),
        "record": UUID(str(kept["record"])),
        "credential": CredentialId(str(kept["credential"])),
        "level": Level(str(kept["level"])),
        "appended": appended,
        "byte_range": (first, second, third, fourth),
        "digest": bytes.fromhex(str(kept["digest"])),
        "algorithm": DigestAlgorithm(kept["algorithm"]),
        "field_name": str(kept["field_name"]),
        "signed_attributes": bytes.fromhex(str(kept["signed_attributes"])),
        "at": instant(datetime.fromisoformat(str(kept["at"]))),
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class FinishedDocument:
    """A document that is signed, kept, and written down as such."""

    document: bytes = field(repr=False)
    sha256: str
    at: Instant


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadyDocument:
    """A document that waits for its signature value: its bytes to be signed are fixed."""

    asked: Asked
    prepared: Prepared
    appended: bytes = field(repr=False)

    @property
    def fixed(self) -> FixedDocument:
        """What has to be kept, to go on in another request."""
        return FixedDocument(**self._columns())

    def valued(self, value: bytes, consent: SignerConsent, /) -> ValuedDocument:
        """With its signature value."""
        factors = factors_text(consent.factors_used)
        return ValuedDocument(**self._columns(), signature=value, consent=consent.consent_id, factors=factors)

    def _columns(self) -> dict[str, Any]:
        reserved, order = self.prepared.reserved, self.asked.order
        return {
            "source": DigestAlgorithm.SHA256.digest(order.document).hex(),
            "record": self.asked.id,
            "credential": self.asked.key.credential,
            "level": order.level,
            "appended": self.appended,
            "byte_range": reserved.byte_range,
            "digest": reserved.digest,
            "algorithm": reserved.algorithm,
            "field_name": reserved.field_name,
            "signed_attributes": self.prepared.signed_attributes,
            "at": self.prepared.at,
        }


def prepare_each(
    orders: Iterable[Callable[[], DocumentOrder]], signer: UsableSigner, /
) -> tuple[tuple[ReadyDocument, ...], dict[int, AbsahError]]:
    """The first half for each order; what one refuses keeps none of the others. Failures are keyed by position."""
    ports, now = signing_ports(), composition.clock().now()
    view = ports.signer.certificate_chain(signer.credential)
    ready, refused = [], {}
    for position, order_of in enumerate(orders):
        try:
            order = order_of()
            asked = asked_by(order, signer.key)
            prepared = prepare(draft_of(asked), view, ports.engine, now=now, room=ports.room)
            original = prepared.reserved.original
            given = source_of(order.document).size
            between = original.read(given, original.size - given)
            ready.append(ReadyDocument(asked=asked, prepared=prepared, appended=between + prepared.reserved.appended))
        except AbsahError as error:
            refused[position] = error
    return tuple(ready), refused


def ready_again(order: DocumentOrder, signer: UsableSigner, fixed: FixedDocument, /) -> ReadyDocument:
    """The same document in a later request. `order` is the one that it was prepared for, over the same bytes."""
    view = composition.signer().certificate_chain(signer.credential)
    asked = asked_by(order, signer.key)
    return ReadyDocument(asked=asked, prepared=fixed.prepared(order.document, view), appended=fixed.appended)


def value_together(
    ready: tuple[ReadyDocument, ...],
    factors: Factors,
    application: str,
    /,
    *,
    agreed: tuple[bytes, ...] = (),
    witness: Witness | None = None,
) -> tuple[ValuedDocument, ...]:
    """One consent for all, bound to the list of their digests, and a signature value for each. Raises `signer.…`.

    `agreed` are the digests of the whole list that the person agreed to, where some of it is not signed any more.
    """
    seen = witness or Nobody()
    asked, prepared = tuple(one.asked for one in ready), tuple(one.prepared for one in ready)
    intend(asked, prepared, seen)
    signer, clock = composition.signer(), composition.clock()
    try:
        consent = signer.authorise(
            Activation(
                credential=ready[0].asked.key.credential,
                application=application,
                digests=tuple(map(DocumentDigest, agreed)) or tuple(one.digest for one in prepared),
                factors=factors,
            )
        )
        for one in prepared:
            authorise(one, consent, now=clock.now())
        values: list[bytes] = []
        for begin in range(0, len(prepared), _PER_SIGNING):
            some = prepared[begin : begin + _PER_SIGNING]
            values += signer.sign(consent, tuple(one.signed_attributes for one in some))
    except AbsahError as error:
        fail(asked, error, seen)
        raise
    return tuple(one.valued(value, consent) for one, value in zip(ready, values, strict=True))


def remembering_ports() -> SigningPorts:
    """What many documents of one signer are finished with: their revocation data is asked for once."""
    ports = signing_ports()
    if ports.revocation is None:
        return ports
    return replace(ports, revocation=RememberedRevocation(ports.revocation, composition.clock()))


def finish(valued: ValuedDocument, document: bytes, ports: SigningPorts, /, *, kept_in: Keeper) -> FinishedDocument:
    """Bring a valued document to its level, keep it, write it down. No key of a signer is asked.

    Raises what time-stamping and revocation raise (then it may be tried again); SigningInterrupted when the use was
    given up meanwhile.
    """
    view = ports.signer.certificate_chain(valued.credential)
    prepared = valued.prepared(document, view)
    kinds = frozenset(FactorKind(kind) for kind in valued.factors.split("+"))
    consent = SignerConsent(
        consent_id=valued.consent,
        credential=valued.credential,
        digests=frozenset({prepared.digest}),
        given_at=valued.at,
        expires_at=valued.at,
        factors_used=kinds,
    )
    signed = complete(Authorised(prepared=prepared, consent=consent), valued.signature, ports)
    sha256 = kept_in.keep(signed.document)
    _conclude(valued, sha256)
    return FinishedDocument(document=signed.document, sha256=sha256, at=signed.at)


@transaction.atomic(durable=True)
def _conclude(valued: ValuedDocument, sha256: str) -> None:
    now = composition.clock().now()
    if not store.conclude_signed(valued.record, output_sha256=sha256, factors=valued.factors, at=now):
        use = store.find(valued.record)
        if use is None or use.output_sha256 == "":
            raise SigningInterrupted
        return  # it was concluded before a kill; the document differs only in its time-stamps
    holder = enrolment.subscriber_with_credential(valued.credential)
    facts = {"consent": valued.consent, "factors": valued.factors, "sha256": sha256}
    record(
        at=now,
        tag=SigningTag.SIGNATURE_MADE,
        actor=holder.number.reference,
        subject=f"signature:{valued.record}",
        facts=facts,
    )


def give_up(valued: UUID, error: AbsahError, /) -> None:
    """A valued document cannot be finished: its use ends as failed."""
    with transaction.atomic(durable=True):
        now = composition.clock().now()
        if store.conclude_failed(valued, error=error.code, at=now):
            facts = {"error": error.code}
            record(
                at=now,
                tag=SigningTag.SIGNATURE_FAILED,
                actor="system:worker",
                subject=f"signature:{valued}",
                facts=facts,
            )
