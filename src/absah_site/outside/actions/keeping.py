"""Writing down what was seen of a person and of a certificate, wherever it was seen. What is new leaves a row."""

from dataclasses import replace

from absah.audit.tags import OutsideTag
from absah.enrolment.certificate_list import ElsewhereCertificate
from absah.enrolment.synchronising import best_status
from absah.enrolment.wire_status import WireStatus
from absah.kernel.clock import legal_date
from absah.kernel.rng import opaque_id
from absah_site import composition
from absah_site.audit.actions import record
from absah_site.enrolment.access import RegisteredSubscriber
from absah_site.outside.store import certificates
from absah_site.outside.store.certificates import KnownCertificate, KnownHolder


def keep_holder(person: RegisteredSubscriber, /) -> KnownHolder:
    """The person as one whose certificates are elsewhere; the next round of looks asks for a new one."""
    now = composition.clock().now()
    certificates.add_holder(
        KnownHolder(
            number=person.number.text,
            agency=person.agency.id,
            name=person.name.with_titles,
            status=WireStatus.NO_CERTIFICATE,
            next_at=now,
        )
    )
    found = certificates.find(person.number.text, lock=True)
    if found is None:
        raise AssertionError("it was entered just now")
    return found


def keep_certificate(
    holder: KnownHolder, seen: ElsewhereCertificate, /, *, source: str, by: str, fingerprint: str = ""
) -> bool:
    """Enter a certificate, or what is newly known of it. Returns whether anything changed."""
    now = composition.clock().now()
    before = _same(holder, seen, fingerprint)
    after = KnownCertificate(
        id=opaque_id(composition.rng()) if before is None else before.id,
        holder=holder.number,
        value=seen if before is None else _joined(before.value, seen),
        fingerprint=fingerprint or ("" if before is None else before.fingerprint),
        source=source,
        first_seen_at=now if before is None else before.first_seen_at,
        seen_at=now,
    )
    certificates.save_certificate(after, holder.agency)
    if source == "list" and holder.asked_at is None:
        _note_status(holder.number)
    if before is not None and (before.value, before.fingerprint) == (after.value, after.fingerprint):
        return False
    tag = OutsideTag.CERTIFICATE_SEEN if before is None else OutsideTag.CERTIFICATE_CHANGED
    facts = {
        "holder": holder.number,
        "status": after.value.status.value,
        "source": source,
        "serial": after.value.serial,
    }
    record(at=now, tag=tag, actor=by, subject=f"outside-certificate:{after.id}", facts=facts)
    return True


def _same(holder: KnownHolder, seen: ElsewhereCertificate, fingerprint: str) -> KnownCertificate | None:
    """The certificate that is meant: by serial number, or else the one of the product with that end."""
    for one in holder.certificates:
        if fingerprint and one.fingerprint == fingerprint:
            return one
        if seen.serial and one.value.serial == seen.serial:
            return one
    for one in holder.certificates:
        alike = one.value.product == seen.product or not seen.product or not one.value.product
        ends = one.value.not_after == seen.not_after or one.value.not_after is None or seen.not_after is None
        if alike and ends and not (one.value.serial and seen.serial):
            return one
    return None


def _joined(known: ElsewhereCertificate, seen: ElsewhereCertificate) -> ElsewhereCertificate:
    """What is known, with what was seen over it; what the newer source does not say stays."""
    return replace(
        known,
        product=seen.product or known.product,
        serial=seen.serial or known.serial,
        status=seen.status,
        not_before=seen.not_before or known.not_before,
        not_after=seen.not_after or known.not_after,
    )


def _note_status(number: str) -> None:
    """Until the service was asked, the word for a person is that of the certificates on the list."""
    found = certificates.find(number)
    if found is not None:
        today = legal_date(composition.clock().now())
        word = best_status((one.value for one in found.certificates), today=today)
        certificates.save_look(replace(found, status=word))
