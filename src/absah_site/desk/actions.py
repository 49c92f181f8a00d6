"""The only writers of bundles: gathered, authorised once for the whole list, finished by a job, tried again in part.

    gathered -> looked over, some put aside -> one consent bound to the list -> values written down -> job finishes each

The passphrase and the code reach the signer in the request that authorises, and nothing else: what the job finishes
are signature values.
"""

import logging
from collections.abc import Mapping
from typing import Final
from uuid import UUID

from django.db import transaction
from django.urls import reverse

from absah.audit.entry import FactValue
from absah.audit.tags import DossierTag
from absah.esign.client.refusals import PassphraseNeeded
from absah.kernel.errors import AbsahError, BadInput, NotAllowed, Unavailable, WrongState
from absah.kernel.rng import opaque_id
from absah.signing.completion import SigningPorts
from absah.signing.factors import Factors
from absah.workflow.outliers import Likeness, oddities
from absah.workflow.parts import SeatState
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.accounts.access import authorise
from absah_site.actors import Account
from absah_site.audit.actions import record
from absah_site.desk import access, store
from absah_site.desk.access import BundleUnknown
from absah_site.desk.store import Bundle, BundleItem, ItemState
from absah_site.dossiers.access import opening
from absah_site.dossiers.access.opening import Opened
from absah_site.dossiers.actions import questions
from absah_site.dossiers.actions.bundles import conclude_valued, is_concluded, sign_bundle
from absah_site.dossiers.actions.signing import (
    Affirmation,
    NotAffirmed,
    TwoFactorsNeeded,
    release,
    signs_elsewhere,
)
from absah_site.dossiers.actions.signing import sign as sign_dossier
from absah_site.enrolment import access as enrolment
from absah_site.jobs.actions import Work, enqueue
from absah_site.notices.actions import notify
from absah_site.relay.access import needs_both_factors
from absah_site.relay.actions import check_ready_elsewhere
from absah_site.roles import Permission
from absah_site.signing.actions import SigningInterrupted, ValuedDocument, give_up, remembering_ports

MOST: Final = 500
MOST_ELSEWHERE: Final = 20
_FACTORS: Final = 2

log = logging.getLogger(__name__)


class NothingChosen(BadInput):
    """No document of the list waits for this person."""

    code = "desk.nothing-chosen"


class TooMany(BadInput):
    """More documents than one act may cover. Parameter: most."""

    code = "desk.too-many"


class TooManyElsewhere(BadInput):
    """More documents than are sent to the national service while somebody waits. Parameter: most."""

    code = "relay.too-many-at-once"


class AuthorisedAlready(WrongState):
    """The bundle was authorised before: another tab was quicker."""

    code = "desk.authorised-already"


def gather(identifiers: tuple[UUID, ...], /, *, by: Account) -> UUID:
    """Put documents that wait for this person into a bundle, each once. Those that differ from the others lie aside."""
    authorise(by, Permission.DOCUMENT_SIGN)
    chosen = tuple(dict.fromkeys(identifiers))
    if len(chosen) > MOST:
        raise TooMany(most=MOST)
    waiting = [one for one in opening.many_for(by, chosen) if one.is_asked and not one.seals]
    if not waiting:
        raise NothingChosen
    odd = oddities(tuple(_likeness(one) for one in waiting))
    items = [
        BundleItem(
            position=position,
            dossier=one.dossier.id,
            round=one.dossier.round,
            sha256=one.dossier.original.sha256,
            odd=odd.get(one.dossier.id, ()),
            state=ItemState.ASIDE if one.dossier.id in odd else ItemState.CHOSEN,
        )
        for position, one in enumerate(waiting, start=1)
    ]
    rng, now = composition.rng(), composition.clock().now()
    identifier = opaque_id(rng)
    with transaction.atomic():
        store.add(identifier, by.public_id, opaque_id(rng), items, at=now)
    return identifier


def _likeness(one: Opened) -> Likeness:
    seat = one.seat
    return Likeness(
        id=one.dossier.id,
        pages=one.dossier.pages,
        kind=one.dossier.subject.kind,
        part=seat.part.value if seat is not None and seat.state is SeatState.TURN else "",
        place=seat.spot.page if seat is not None and seat.spot is not None else 0,
        classification=one.dossier.subject.classification.value,
        warned=bool(one.dossier.warnings),
    )


@transaction.atomic
def put_aside(identifier: UUID, dossiers: tuple[UUID, ...], /, *, aside: bool, by: Account) -> None:
    """Put documents aside, or among those to be signed."""
    _open(identifier, by=by)
    store.set_aside(identifier, dossiers, aside=aside)


@transaction.atomic
def take_all_in(identifier: UUID, /, *, by: Account) -> None:
    """Everything that lies aside is to be signed after all."""
    _open(identifier, by=by)
    store.set_aside(
        identifier, (one.dossier for one in store.items_of(identifier, states=(ItemState.ASIDE,))), aside=False
    )


@transaction.atomic
def announce(identifier: UUID, /, *, by: Account) -> None:
    """Tell the code of the list on the other screen. Each list is told once; another list has another code."""
    bundle = _open(identifier, by=by)
    now = composition.clock().now()
    code = access.code_of(bundle)
    number = bundle.count(ItemState.CHOSEN)
    said: dict[str, str | int] = {"code": code, "number": number}
    link = reverse("desk:bundle", args=[identifier])
    notify("desk.match-code", to=by.reference, at=now, parameters=said, link=link, occasion=f"{bundle.act}:{code}")


def _open(identifier: UUID, *, by: Account) -> Bundle:
    found = store.find(identifier, lock=True)
    if found is None or found.account != by.public_id:
        raise BundleUnknown
    if found.authorised_at is not None:
        raise AuthorisedAlready
    return found


def authorise_bundle(identifier: UUID, factors: Factors, /, *, agrees: bool, has_read: bool, by: Account) -> None:
    """One act over the whole list: the key is used now, the rest goes on by itself, whether anybody watches or not.

    Raises NotAffirmed, TwoFactorsNeeded, NothingChosen, AuthorisedAlready; what is wrong with the certificate or the
    factors. Then nothing was signed.
    """
    if not (agrees and has_read):
        raise NotAffirmed
    elsewhere = signs_elsewhere(by)
    if len(factors.kinds) < _FACTORS and not elsewhere:
        raise TwoFactorsNeeded
    with transaction.atomic():
        _open(identifier, by=by)
    chosen = {one.dossier: one.round for one in store.items_of(identifier, states=(ItemState.CHOSEN,))}
    if not chosen:
        raise NothingChosen
    if elsewhere:
        _sign_elsewhere(identifier, chosen, factors, by=by)
        return
    valued, refused = sign_bundle(chosen, factors, by=by, about=_about(identifier))
    shelf = composition.sealed_documents()
    for _dossier, one in valued:
        shelf.put(_part(one.record), one.appended)
    with transaction.atomic():
        now = composition.clock().now()
        kinds = "+".join(sorted(kind.value for kind in factors.kinds))
        store.note_authorised(identifier, kinds, at=now)
        for dossier, one in valued:
            store.note_valued(identifier, dossier, one.record, one.to_dict())
        for dossier, error in refused.items():
            store.note_ended(identifier, dossier, ItemState.FAILED, error=error.code)
        facts = {"documents": len(valued), "refused": len(refused)}
        subject = f"bundle:{identifier}"
        record(at=now, tag=DossierTag.BUNDLE_SIGNED, actor=by.reference, subject=subject, facts=facts)
        enqueue("desk:finish", f"bundle:{identifier}")


def _sign_elsewhere(identifier: UUID, chosen: Mapping[UUID, int], factors: Factors, *, by: Account) -> None:
    """A key held elsewhere: one question to the national service for each document, all of them now.

    The passphrase is kept nowhere, so no job could go on with it. What a process that dies leaves counts as failed.
    """
    if factors.passphrase is None:
        raise PassphraseNeeded
    most = 1 if needs_both_factors() else MOST_ELSEWHERE
    if len(chosen) > most:
        raise TooManyElsewhere(most=most)
    check_ready_elsewhere(enrolment.subscriber_of(by.public_id))
    with transaction.atomic():
        _open(identifier, by=by)
        now = composition.clock().now()
        store.note_authorised(identifier, "+".join(sorted(kind.value for kind in factors.kinds)), at=now)
        for dossier in chosen:
            store.note_ended(identifier, dossier, ItemState.FAILED, error=SigningInterrupted.code)
        facts: dict[str, FactValue] = {"documents": len(chosen), "held": "elsewhere"}
        record(at=now, tag=DossierTag.BUNDLE_SIGNED, actor=by.reference, subject=f"bundle:{identifier}", facts=facts)
    refused: AbsahError | None = None
    for dossier, seen in chosen.items():
        try:
            if refused is not None:
                raise refused
            sign_dossier(dossier, Affirmation(seen=seen, has_read=True, agrees=True), factors, by=by)
        except AbsahError as error:
            # A passphrase that was wrong once is wrong for all: the others are not tried with it.
            refused = error if isinstance(error, NotAllowed) else None
            store.note_ended(identifier, dossier, ItemState.FAILED, error=error.code)
        else:
            store.note_ended(identifier, dossier, ItemState.DONE)
    _end(identifier, by)


def ask_passkey(identifier: UUID, /, *, by: Account) -> bytes:
    """Prepare the whole list for a passkey: the challenge over it. Raises NothingChosen, AuthorisedAlready."""
    with transaction.atomic():
        _open(identifier, by=by)
    chosen = {one.dossier: one.round for one in store.items_of(identifier, states=(ItemState.CHOSEN,))}
    if not chosen:
        raise NothingChosen
    return questions.ask_passkey(_about(identifier), chosen, by=by)


def _about(identifier: UUID) -> str:
    return f"bundle:{identifier}"


def _part(record_id: UUID) -> str:
    return f"part {record_id}"


def finish_bundle(work: Work) -> str | None:
    """The job: make each valued document whole. What fails says why, and keeps none of the others."""
    identifier = UUID(work.reference.partition(":")[2])
    bundle = store.find(identifier)
    if bundle is None:
        return None
    now = composition.clock().now()
    by = accounts.account(bundle.account, now=now)
    waiting = store.items_of(identifier, states=(ItemState.VALUED,))
    total = len(store.items_of(identifier)) - bundle.count(ItemState.ASIDE)
    done = total - len(waiting)
    ports = remembering_ports()
    for item in waiting:
        if store.is_paused(identifier):
            return f"paused after {done} of {total}"
        _finish_item(identifier, item, ports, by)
        done += 1
        work.progress(done, total)
    return _end(identifier, by)


@transaction.atomic
def pause(identifier: UUID, /, *, by: Account) -> None:
    """Let what is under way end and begin no other document. What stands still for ten minutes is given up."""
    _running(identifier, by=by)
    if store.note_paused(identifier, at=composition.clock().now()):
        _note(DossierTag.BUNDLE_PAUSED, identifier, by)


@transaction.atomic
def go_on(identifier: UUID, /, *, by: Account) -> None:
    """Finish the rest."""
    _running(identifier, by=by)
    if store.note_paused(identifier, at=None):
        _note(DossierTag.BUNDLE_CONTINUED, identifier, by)
        enqueue("desk:finish", f"bundle:{identifier}")


def _running(identifier: UUID, *, by: Account) -> None:
    authorise(by, Permission.DOCUMENT_SIGN)
    found = store.find(identifier, lock=True)
    if found is None or found.account != by.public_id:
        raise BundleUnknown


def _note(tag: DossierTag, identifier: UUID, by: Account) -> None:
    record(at=composition.clock().now(), tag=tag, actor=by.reference, subject=f"bundle:{identifier}")


def _finish_item(identifier: UUID, item: BundleItem, ports: SigningPorts, by: Account) -> None:
    """One document. A service that is away leaves it waiting for the next attempt of the job."""
    kept = store.value_of(identifier, item.dossier)
    shelf = composition.sealed_documents()
    appended = shelf.get(_part(item.record)) if item.record is not None else None
    try:
        if kept is None or appended is None or item.record is None:
            raise BundleUnknown
        conclude_valued(item.dossier, ValuedDocument.from_dict(kept, appended), ports, by=by)
    except Unavailable:
        raise
    except AbsahError as error:
        if item.record is not None and is_concluded(item.dossier, item.record):  # another job was quicker
            _ended(identifier, item, ItemState.DONE, "")
            return
        log.warning("a document of a bundle was not signed: %s", error.code)
        if item.record is not None:
            give_up(item.record, error)
            release(item.dossier, item.record)
        _ended(identifier, item, ItemState.FAILED, error.code)
    else:
        _ended(identifier, item, ItemState.DONE, "")


def _ended(identifier: UUID, item: BundleItem, state: ItemState, error: str) -> None:
    store.note_ended(identifier, item.dossier, state, error=error)
    if item.record is not None:
        composition.sealed_documents().forget(_part(item.record))


@transaction.atomic
def _end(identifier: UUID, by: Account) -> str:
    now = composition.clock().now()
    found = store.find(identifier, lock=True)
    if found is None:
        raise BundleUnknown
    done, failed = found.count(ItemState.DONE), found.count(ItemState.FAILED)
    if store.note_finished(identifier, at=now):
        link = reverse("desk:bundle", args=[identifier])
        said = {"done": done, "failed": failed}
        notify("desk.finished", to=by.reference, at=now, parameters=said, link=link)
    return f"{done} done, {failed} failed"


def gather_failed(identifier: UUID, /, *, by: Account) -> UUID:
    """Another bundle, of what failed in this one and still waits."""
    bundle = access.bundle_for(by, identifier)
    failed = tuple(one.dossier for one in store.items_of(bundle.id, states=(ItemState.FAILED,)))
    return gather(failed, by=by)
