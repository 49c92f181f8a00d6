"""What about verifying leaves a trace: a result that somebody wants others to see, and a receipt that was sealed."""

from datetime import datetime, timedelta
from typing import Any, Final

from django.core import signing
from django.db import transaction

from absah.adapters.receipt import press_written
from absah.audit.tags import ValidationTag
from absah.kernel.clock import instant
from absah.kernel.errors import Unavailable, WrongState
from absah.pdf.reader.source import whole
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.completion import add_archive_timestamp
from absah.signing.refusals import LevelOutOfReach
from absah.validation.conclusion import Verdict
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.signing.actions.documents import signing_ports
from absah_site.validation import store
from absah_site.validation.access import OFFER_SALT, log_view
from absah_site.validation.store import ResultDigest

KEPT_FOR: Final = timedelta(days=90)
OFFER_GOOD_FOR: Final = timedelta(hours=2)
_VISITOR: Final = "system:visitor"


class OfferExpired(WrongState):
    """The result was not ours, or is too old to be shared: documents and certificates go on living."""

    code = "web.offer-expired"


def share_result(offer: str, /) -> ResultDigest:
    """Keep the result that a page offered, for ninety days. Pressing twice keeps once. Raises OfferExpired.

    The permission is the offer itself: we signed it for whoever had that file in hand.
    """
    try:
        payload = signing.loads(offer, salt=OFFER_SALT, max_age=OFFER_GOOD_FOR)
    except signing.BadSignature:
        raise OfferExpired from None
    result = _digest_of(payload)
    with transaction.atomic():
        if store.add(result):
            record(
                at=composition.clock().now(),
                tag=ValidationTag.RESULT_SHARED,
                actor=_VISITOR,
                subject=f"result:{result.id}",
                facts={"sha256": result.sha256, "verdict": result.verdict.value},
            )
    return result


def _digest_of(payload: dict[str, Any]) -> ResultDigest:
    checked_at = instant(datetime.fromisoformat(payload["checked_at"]))
    return ResultDigest(
        id=payload["id"],
        sha256=payload["sha256"],
        verdict=Verdict(payload["verdict"]),
        indication=payload["indication"],
        sub_indication=payload["sub_indication"],
        why=payload["why"],
        names=tuple(payload["names"]),
        signatures=payload["signatures"],
        trial=payload["trial"],
        checked_at=checked_at,
        expires_at=instant(checked_at + KEPT_FOR),
        logged=tuple((number, row) for number, row in payload.get("logged", ())),
    )


@transaction.atomic
def forget_expired_results() -> int:
    """Delete the shared results whose time is over. Returns how many."""
    now = composition.clock().now()
    deleted = store.delete_expired(now=now)
    if deleted:
        facts = {"count": deleted}
        record(at=now, tag=ValidationTag.RESULTS_EXPIRED, actor="system:worker", subject="results:expired", facts=facts)
    return deleted


def pressed_receipt(written: bytes, /) -> bytes:
    """A receipt of this instance: sealed, or honest about having no seal where none is to be had now."""
    issuer, log = composition.config().name, log_view(written)
    try:
        return sealed_receipt(press_written(written, issuer=issuer, sealed=True, log=log))
    except (LevelOutOfReach, Unavailable):
        return press_written(written, issuer=issuer, sealed=False, log=log)


def sealed_receipt(receipt: bytes, /) -> bytes:
    """A receipt with a document time-stamp of this instance over it, and what proves that later.

    Raises `signing.level-out-of-reach` where there is no time-stamping authority, and what its signer raises.
    """
    sealed = whole(add_archive_timestamp(receipt, signing_ports()))
    with transaction.atomic():
        record(
            at=composition.clock().now(),
            tag=ValidationTag.RECEIPT_SEALED,
            actor=_VISITOR,
            subject=f"document:{DigestAlgorithm.SHA256.digest(sealed).hex()}",
            facts={},
        )
    return sealed
