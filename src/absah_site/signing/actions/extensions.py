"""Keeping signatures provable: more levels, and new archive time-stamps before the old ones die. No signer is asked."""

from dataclasses import dataclass, field
from datetime import date

from django.db import transaction

from absah.audit.tags import SigningTag
from absah.pki.algorithms import DigestAlgorithm
from absah.signing.extension import extend
from absah.signing.levels import Level
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import Actor
from absah_site.audit.actions import record
from absah_site.roles import Permission
from absah_site.signing.actions.documents import signing_ports


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtendedDocument:
    """The document, its level and the last day on which it can be proven, and what was added."""

    document: bytes = field(repr=False)
    sha256: str
    before: Level
    level: Level
    provable_until: date
    steps: tuple[str, ...]


def extend_document(document: bytes, level: Level, /, *, by: Actor, password: str | None = None) -> ExtendedDocument:
    """Bring the signatures of a document to a level; at B-LTA already, renew the archive time-stamp.

    It is recorded and handed out, not kept. Raises what `absah.signing.extension.extend` raises.
    """
    authorise(by, Permission.DOCUMENT_SUBMIT)
    extended = extend(document, level, signing_ports(), password=password)
    sha256 = DigestAlgorithm.SHA256.digest(extended.document).hex()
    steps = tuple(step.value for step in extended.steps)
    with transaction.atomic():
        record(
            at=composition.clock().now(),
            tag=SigningTag.DOCUMENT_EXTENDED,
            actor=by.reference,
            subject=f"document:{sha256}",
            facts={
                "from": DigestAlgorithm.SHA256.digest(document).hex(),
                "level": extended.after.level.value,
                "steps": " ".join(steps),
            },
        )
    return ExtendedDocument(
        document=extended.document,
        sha256=sha256,
        before=extended.before.level,
        level=extended.after.level,
        provable_until=extended.after.provable_until,
        steps=steps,
    )
