"""What came back is verified before it is kept: the same document, one signature more, by this person, good now.

A renewed certificate may be newer than our register: then the service is asked once whose it is.
"""

from dataclasses import dataclass, field
from uuid import UUID

from django.db import transaction

from absah.adapters.pdf_additions import additions_to
from absah.audit.entry import FactValue
from absah.audit.tags import RelayTag
from absah.esign.client.acceptance import Expected, check_additions, check_same_document, check_signature
from absah.esign.client.refusals import AnotherSigner
from absah.kernel.errors import AbsahError
from absah.validation.report import Report, SignatureReport
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.national.access import national_service
from absah_site.outside.access import find_holder
from absah_site.outside.actions import look_up
from absah_site.relay import store
from absah_site.relay.access import answer_name
from absah_site.relay.store import ErrandState, KnownErrand
from absah_site.signing.actions import conclude_elsewhere
from absah_site.validation.access import report_on


@dataclass(frozen=True, slots=True, kw_only=True)
class Accepted:
    """A document that may be kept, and its newest signature."""

    document: bytes = field(repr=False)
    signature: SignatureReport


def accept(errand: KnownErrand, came: bytes, /) -> Accepted:
    """Look at what came back. Raises AnotherDocument, AnotherSigner, SignatureNotGood, and what cannot be read."""
    sent = composition.sealed_documents().read(errand.sent_sha256)
    expected = _expected(errand, sent)
    check_same_document(expected, came)
    check_additions(additions_to(composition.isolated(), came, len(sent)))
    now = composition.clock().now()
    report = report_on(came, password=None, now=now)
    try:
        return Accepted(document=came, signature=check_signature(expected, report, now=now))
    except AnotherSigner:
        return _asked_again(errand, sent, came, report)


def _asked_again(errand: KnownErrand, sent: bytes, came: bytes, report: Report) -> Accepted:
    """Ask the service which certificates the person has now. Whatever keeps it from telling, the signer is another."""
    try:
        look_up(errand.holder, national_service())
    except AbsahError:
        raise AnotherSigner from None
    now = composition.clock().now()
    return Accepted(document=came, signature=check_signature(_expected(errand, sent), report, now=now))


def _expected(errand: KnownErrand, sent: bytes) -> Expected:
    holder = find_holder(errand.holder)
    certificates = () if holder is None else holder.certificates
    return Expected(
        sent=sent,
        signatures=errand.signatures + errand.made,
        page=errand.page,
        serials=frozenset(one.value.serial for one in certificates if one.value.serial),
        fingerprints=frozenset(one.fingerprint for one in certificates if one.fingerprint),
    )


def conclude(errand: KnownErrand, accepted: Accepted, /, *, by: str, decided: bool = False) -> str:
    """Keep the document and end the errand. Returns its SHA-256."""
    shelf = composition.sealed_documents()
    sha256 = shelf.keep(accepted.document)
    leaf = accepted.signature.chain[0]
    with transaction.atomic(durable=True):
        now = composition.clock().now()
        conclude_elsewhere(
            errand.id,
            holder=holder_reference(errand),
            output_sha256=sha256,
            level=accepted.signature.level,
            fingerprint=leaf.sha256,
            at=now,
        )
        store.end(errand.id, ErrandState.SIGNED, at=now, by=by if decided else "", output=sha256)
        tag = RelayTag.OUTCOME_FOUND if decided else RelayTag.SIGNATURE_RECEIVED
        facts: dict[str, FactValue] = {"sha256": sha256, "certificate": leaf.sha256, "calls": errand.calls}
        record(at=now, tag=tag, actor=by, subject=subject_of(errand.id), facts=facts)
    shelf.forget(answer_name(errand.id))
    return sha256


def subject_of(identifier: UUID, /) -> str:
    """How the ledger names an errand: by the signature that was asked for."""
    return f"signature:{identifier}"


def holder_reference(errand: KnownErrand, /) -> str:
    """How the ledger names the person."""
    return f"subscriber:{errand.holder}"
