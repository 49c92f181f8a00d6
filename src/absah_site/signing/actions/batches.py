"""Signing many documents for a person whose key is in custody here.

The rows are those of single signatures: for each document an intention, committed before the key is used, then `signed`
or `failed`. A document is handed out after its row says `signed`, so that one whose row was given up meanwhile (by
`reconcile`, because the process seemed dead) never is.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import final
from uuid import UUID

from django.db import transaction

from absah.adapters.batch_folders import BatchFolders
from absah.adapters.batch_ports import BatchPorts
from absah.adapters.batch_run import BatchJob, BatchReport, run_batch
from absah.adapters.batch_tasks import Opening
from absah.audit.entry import FactValue
from absah.audit.tags import SigningTag
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.kernel.people import Nik
from absah.signing.batch.items import BatchActivation, ItemCompleted, ItemPrepared
from absah.signing.batch.order import BatchItem, BatchOrder
from absah.signing.batch.progress import BatchProgress
from absah.signing.factors import Factors
from absah.signing.levels import Level
from absah.signing.placement import INVISIBLE, Placement, describe_placement
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.pki import access as register
from absah_site.signing import store
from absah_site.signing.actions.documents import (
    SigningInterrupted,
    UsableSigner,
    bulk_timestamps,
    factors_text,
    usable_signer,
)
from absah_site.signing.store import KeyUse, SigningState


@dataclass(frozen=True, slots=True, kw_only=True)
class BatchSigningOrder:
    """A wish to sign every PDF of a folder. `opening` makes what a worker process signs with; see `Opening`."""

    folders: BatchFolders
    nik: Nik
    factors: Factors
    application: str
    jobs: int
    opening: Opening
    placement: Placement = INVISIBLE
    level: Level = Level.B_LT
    reason: str | None = None
    location: str | None = None
    field_name: str | None = None
    certify: bool = False


def sign_batch_for_subscriber(
    order: BatchSigningOrder, /, *, told: Callable[[BatchProgress], None], asked_to_stop: Callable[[], bool]
) -> BatchReport:
    """Sign a folder with the key of a person of this instance; begun again, it goes on.

    Raises what is wrong with the signer or the folder before a key is used; what goes wrong later is in the report.
    """
    signer = usable_signer(order.nik)
    config = composition.config()
    job = BatchJob(
        order=BatchOrder(
            credential=signer.credential,
            application=order.application,
            level=order.level,
            placement=order.placement,
            signer_name=signer.subscriber.name.with_titles,
            post=signer.subscriber.post,
            link=f"{config.base_url}/d/",
            trial=config.trial,
            reason=order.reason,
            location=order.location,
            field_name=order.field_name,
            certify=order.certify,
            template=composition.appearance(),
        ),
        folders=order.folders,
        factors=order.factors,
        jobs=order.jobs,
        opening=order.opening,
    )
    ports = BatchPorts(
        signer=composition.signer(),
        ledger=RegisterLedger(order, signer),
        rng=composition.rng(),
        told=told,
        asked_to_stop=asked_to_stop,
        timestamps=bulk_timestamps(),
    )
    return run_batch(job, ports)


@final
class RegisterLedger:
    """Fills `absah.signing.batch.ledger.BatchLedger` with the rows and the audit ledger of this instance."""

    def __init__(self, order: BatchSigningOrder, signer: UsableSigner, /) -> None:
        self._order = order
        self._signer = signer

    def intend(self, intended: tuple[tuple[BatchItem, ItemPrepared], ...], /) -> None:
        """One row for each, in one transaction. The certificate is looked at again: the batch may be hours old."""
        now = composition.clock().now()
        certificate = register.certificate_of_credential(self._signer.credential)
        register.check_certificate_usable(certificate, now=now)
        subscriber = self._signer.subscriber
        with transaction.atomic(durable=True):
            for item, prepared in intended:
                store.add(
                    KeyUse(
                        id=prepared.record,
                        holder=subscriber.number.text,
                        signer_name=subscriber.name.with_titles,
                        signer_post=subscriber.post,
                        signer_agency=subscriber.agency.agency.name,
                        credential=self._signer.credential,
                        certificate=certificate.fingerprint,
                        application=self._order.application,
                        input_sha256=item.sha256,
                        output_sha256="",
                        level=self._order.level.value,
                        placement=describe_placement(self._order.placement),
                        factors=factors_text(self._order.factors.kinds),
                        state=SigningState.INTENDED,
                        error="",
                        intended_at=now,
                        ended_at=None,
                    )
                )
                facts = {
                    "serial": certificate.serial,
                    "digest": prepared.digest.hex(),
                    "level": self._order.level.value,
                }
                self._record(prepared.record, SigningTag.SIGNATURE_INTENDED, facts, at=now)

    def conclude(
        self, completed: tuple[ItemCompleted, ...], activations: Mapping[str, BatchActivation], /
    ) -> frozenset[UUID]:
        """Those that are signed now, or were already with the same bytes."""
        now = composition.clock().now()
        signed = set()
        with transaction.atomic(durable=True):
            for one in completed:
                factors = factors_text(activations[one.consent_id].consent.factors_used)
                if store.conclude_signed(one.record, output_sha256=one.sha256, factors=factors, at=now):
                    facts = {"consent": one.consent_id, "factors": factors, "sha256": one.sha256}
                    self._record(one.record, SigningTag.SIGNATURE_MADE, facts, at=now)
                    signed.add(one.record)
                elif _was_signed(one):
                    signed.add(one.record)
        return frozenset(signed)

    def give_up(self, records: tuple[UUID, ...], error: AbsahError | None, /) -> None:
        """The rows that are still open end as failed."""
        if not records:
            return
        now = composition.clock().now()
        code = SigningInterrupted.code if error is None else error.code
        with transaction.atomic(durable=True):
            for number in records:
                if store.conclude_failed(number, error=code, at=now):
                    self._record(number, SigningTag.SIGNATURE_FAILED, {"error": code}, at=now)

    def _record(self, number: UUID, tag: SigningTag, facts: Mapping[str, FactValue], /, *, at: Instant) -> None:
        actor = self._signer.subscriber.number.reference
        facts = {"application": self._order.application} | dict(facts)
        record(at=at, tag=tag, actor=actor, subject=f"signature:{number}", facts=facts)


def _was_signed(one: ItemCompleted) -> bool:
    """A kill came between the commit and the handing out."""
    use = store.find(one.record)
    return use is not None and use.state is SigningState.SIGNED and use.output_sha256 == one.sha256
