"""What the archive does to finished dossiers: renew their proof, note holds, destroy them when their time is over."""

from datetime import date
from uuid import UUID

from django.db import transaction

from absah.adapters.files import DocumentNotKept
from absah.signing.extension import LevelReached, extend
from absah.signing.levels import Level
from absah.signing.standing import NoSignature, standing_of
from absah.workflow import steps
from absah.workflow.dossier import Dossier, DossierUnknown
from absah.workflow.life import Act
from absah.workflow.parts import Classification, Origin, Version
from absah_site import composition
from absah_site.actors import Account, Operator
from absah_site.dossiers.access.opening import document_of
from absah_site.dossiers.actions.steps import Taken, held, note
from absah_site.dossiers.store import dossiers, lists
from absah_site.signing.actions import bulk_timestamps, signing_ports

_WORKER = Operator(name="worker")


def provable_until(dossier: Dossier, /) -> date | None:
    """The last day on which the signatures can be proven with what is in the file; None where there are none."""
    try:
        return standing_of(document_of(dossier)).provable_until
    except (NoSignature, DocumentNotKept):
        return None


def renew(identifier: UUID, /) -> date | None:
    """Put a newer archive time-stamp over a finished document, if that proves longer. Returns the new last day.

    Raises what the time-stamping authority and the revocation source raise.
    """
    found = dossiers.find(identifier)
    if found is None:
        raise DossierUnknown
    if bulk_timestamps() is None:
        return provable_until(found)
    try:
        extended = extend(document_of(found), Level.B_LTA, signing_ports())
    except LevelReached:
        return provable_until(found)
    sha256 = composition.sealed_documents().keep(extended.document)
    version = Version.next(extended.document, sha256=sha256, origin=Origin.RENEWED, at=composition.clock().now())
    if found.subject.classification is Classification.PUBLIC:
        composition.documents().keep(extended.document)
    with transaction.atomic():
        before = held(identifier)
        after = dossiers.save(before, steps.renewed(before, version))
        note(after, Taken(act=Act.RENEW, sha256=version.sha256), by=_WORKER, now=composition.clock().now())
    return extended.after.provable_until


@transaction.atomic
def note_hold(identifier: UUID, reason: str, /, *, begins: bool, by: Account) -> None:
    """Write down that a legal hold begins or ends."""
    dossier = held(identifier)
    act = Act.HOLD if begins else Act.RELEASE
    dossier.require(act)
    note(dossier, Taken(act=act, note=reason), by=by, now=composition.clock().now())


def destroy(identifier: UUID, reason: str, /, *, by: Account) -> None:
    """Destroy every version that no other dossier has. What happened stays written down."""
    with transaction.atomic():
        dossier = held(identifier)
        dossier.require(Act.DESTROY)
        taken = Taken(act=Act.DESTROY, note=reason, sha256=dossier.current.sha256)
        note(dossier, taken, by=by, now=composition.clock().now())
    for sha256 in {version.sha256 for version in dossier.versions}:
        if not lists.is_elsewhere(sha256, identifier):
            composition.sealed_documents().forget(sha256)
            composition.documents().forget(sha256)
