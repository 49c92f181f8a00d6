"""Preparing a dossier: the document and what it is, who signs in which order, where, and sending it off."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from uuid import UUID

from django.db import transaction

from absah.adapters.document_pages import looked_over
from absah.kernel.clock import Instant, legal_date
from absah.kernel.errors import BadInput
from absah.kernel.rng import opaque_id
from absah.pdf.notice import Notice, stamp_notice
from absah.pdf.page_places import LookedOver
from absah.workflow import steps
from absah.workflow.dossier import ChangedMeanwhile, Dossier, DossierUnknown, SealNeedsAnother, Subject, Way
from absah.workflow.life import Act
from absah.workflow.parts import Origin, Part, Person, Seat, Spot, Version
from absah_site import composition
from absah_site.accounts.access import authorise
from absah_site.actors import About, Account
from absah_site.dossiers.access.people import agency_of, mandates_for, sealers_for, signers_for
from absah_site.dossiers.actions.steps import Taken, note, take
from absah_site.dossiers.store import dossiers, layouts
from absah_site.enrolment import access as enrolment
from absah_site.enrolment.access.mandates import GivenMandate
from absah_site.pki import access as register
from absah_site.roles import Permission
from absah_site.seals.access import seal as seal_numbered

MOST_PAGES = 2000


class SignerUnknown(BadInput):
    """Nobody of the own agency with this account can sign."""

    code = "dossiers.signer-unknown"


class MandateForeign(BadInput):
    """The authority that was chosen is another person's, or is over."""

    code = "dossiers.mandate-foreign"


class AlreadySigned(BadInput):
    """The notice cannot be put on pages that somebody has signed already."""

    code = "dossiers.already-signed"


class PageCountTooLarge(BadInput):
    """More pages than anybody reads before signing. Parameters: pages, most."""

    code = "dossiers.too-many-pages"


@dataclass(frozen=True, slots=True, kw_only=True)
class Upload:
    """A PDF as a browser sends it."""

    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedSeat:
    """Somebody who is to be asked: the account, for what, in which turn, by which mandate or with which seal."""

    account: UUID
    part: Part
    turn: int
    mandate: UUID | None = None
    seal: str = ""
    may_forward: bool = False


def create(upload: Upload, subject: Subject, way: Way, /, *, by: Account) -> Dossier:
    """Begin a dossier. Raises what is wrong with the file (`pdf.…`), before anything is kept."""
    agency = agency_of(by)
    authorise(by, Permission.DOCUMENT_SUBMIT, About(agency=agency or None))
    now = composition.clock().now()
    seen = _looked_over(upload.content)
    if way.notice and seen.signed:
        raise AlreadySigned
    dossier = Dossier(
        id=opaque_id(composition.rng()),
        agency=agency,
        owner=Person(account=by.public_id, name=by.display_name),
        subject=subject,
        way=way,
        pages=len(seen.pages),
        warnings=_warnings(seen),
        versions=(_kept(upload.content, Origin.UPLOADED, now=now),),
        created_at=now,
    )
    with transaction.atomic():
        dossiers.add(dossier)
        note(dossier, Taken(act=Act.CREATE, sha256=dossier.current.sha256), by=by, now=now)
    return dossier


def _looked_over(content: bytes) -> LookedOver:
    seen = looked_over(composition.isolated(), content)
    if len(seen.pages) > MOST_PAGES:
        raise PageCountTooLarge(pages=len(seen.pages), most=MOST_PAGES)
    return seen


def _warnings(seen: LookedOver) -> tuple[str, ...]:
    return tuple(f"{one.hazard.value}|{one.what}" for one in seen.warned)


def _kept(content: bytes, origin: Origin, *, now: Instant) -> Version:
    sha256 = composition.sealed_documents().keep(content)
    return Version(number=1, round=1, sha256=sha256, size=len(content), origin=origin, at=now)


def _own(dossier: Dossier, by: Account) -> Dossier:
    """Only whoever prepared it changes it."""
    if dossier.owner.account != by.public_id:
        raise DossierUnknown
    authorise(by, Permission.DOCUMENT_SUBMIT, About(agency=dossier.agency or None))
    return dossier


def replace_document(identifier: UUID, upload: Upload, /, *, by: Account) -> Dossier:
    """Another document in a draft, or the mended one after it was sent back."""
    now = composition.clock().now()
    seen = _looked_over(upload.content)
    version = _kept(upload.content, Origin.UPLOADED, now=now)

    def step(dossier: Dossier, _now: Instant) -> Dossier:
        if _own(dossier, by).way.notice and seen.signed:
            raise AlreadySigned
        return steps.replaced(dossier, version, pages=len(seen.pages), warnings=_warnings(seen))

    return take(identifier, step, Taken(act=Act.REPLACE, sha256=version.sha256), by=by)


def describe(identifier: UUID, subject: Subject, way: Way, /, *, by: Account) -> Dossier:
    """Another number, title, deadline or message, while it is a draft."""

    def step(dossier: Dossier, _now: Instant) -> Dossier:
        _own(dossier, by).require(Act.REPLACE)
        return replace(dossier, subject=subject, way=way)

    return take(identifier, step, Taken(act=Act.SEAT), by=by)


def seat_people(identifier: UUID, wanted: tuple[WantedSeat, ...], /, *, by: Account) -> Dossier:
    """Who is asked, in which order. Seats that stay keep their place; new ones take that of the agency's layout."""
    known = {person.account: person for person in signers_for(by)}
    sealers = {(person.account, seal.number): (person, seal) for person, seal in sealers_for(by)}
    mandates = {one.id: one for one in mandates_for(by)}

    def step(dossier: Dossier, _now: Instant) -> Dossier:
        _own(dossier, by)
        layout = layouts.find(dossier.agency, dossier.subject.kind)
        had = {(seat.person.account, seat.part): seat for seat in dossier.seats}
        seats = []
        for number, one in enumerate(wanted, start=1):
            person, seal = sealers.get((one.account, one.seal), (None, None))
            if one.part is not Part.SEAL:
                person, seal = known.get(one.account), None
            if person is None:
                raise SealNeedsAnother if one.account == by.public_id else SignerUnknown
            before = had.get((one.account, one.part))
            spot = before.spot if before is not None else _fitting(layout.get(f"{one.part.value}:{one.turn}"), dossier)
            seats.append(
                Seat(
                    number=number,
                    person=person,
                    part=one.part,
                    turn=one.turn,
                    spot=spot,
                    authority=_lines(mandates, one),
                    mandate=one.mandate,
                    seal=seal,
                    may_forward=one.may_forward and seal is None,
                )
            )
        return steps.seated(dossier, tuple(seats))

    return take(identifier, step, Taken(act=Act.SEAT), by=by)


def _lines(mandates: Mapping[UUID, GivenMandate], wanted: WantedSeat) -> str:
    """What a mandate prints above the name. Raises MandateForeign."""
    if wanted.mandate is None:
        return ""
    found = mandates.get(wanted.mandate)
    if found is None or found.account != wanted.account or wanted.part in {Part.SEAL, Part.COPY}:
        raise MandateForeign
    return "\n".join(found.lines)


def _fitting(spot: Spot | None, dossier: Dossier) -> Spot | None:
    """A place of the layout, if the document has its page; page 0 never stands there, the last page does."""
    return spot if spot is not None and spot.page <= dossier.pages else None


def place(identifier: UUID, spots: Mapping[int, Spot], /, *, keep: bool, by: Account) -> Dossier:
    """Where each seat signs. `keep` makes these the places for the next documents of this kind."""

    def step(dossier: Dossier, now: Instant) -> Dossier:
        _own(dossier, by).require(Act.PLACE)
        seats = tuple(
            replace(seat, spot=spots[seat.number]) if seat.number in spots else seat for seat in dossier.seats
        )
        if keep:
            found = {f"{seat.part.value}:{seat.turn}": seat.spot for seat in seats if seat.spot is not None}
            layouts.keep(dossier.agency, dossier.subject.kind, found, at=now, by=by.reference)
        return replace(dossier, seats=seats)

    return take(identifier, step, Taken(act=Act.PLACE), by=by)


def send(identifier: UUID, /, *, by: Account) -> Dossier:
    """Off it goes. What keeps it from going is said before a page is written on."""
    now = composition.clock().now()
    found = dossiers.find(identifier)
    if found is None:
        raise DossierUnknown
    steps.check_sendable(_own(found, by), today=legal_date(now))
    noted = _noted(found, now) if found.way.notice else None

    def step(dossier: Dossier, moment: Instant) -> Dossier:
        if _own(dossier, by).revision != found.revision:
            raise ChangedMeanwhile
        return steps.sent(dossier, now=moment, noted=noted)

    return take(identifier, step, Taken(act=Act.SEND, sha256=(noted or found.current).sha256), by=by)


def _noted(dossier: Dossier, now: Instant) -> Version:
    """The document with the statement on every page that names who issued the first signer's certificate."""
    first = dossier.signing_seats[0]
    credential = (
        enrolment.subscriber_of(first.person.account).credential
        if first.seal is None
        else seal_numbered(first.seal.number).credential
    )
    if credential is None:
        raise SignerUnknown
    issuer = register.authority(register.certificate_of_credential(credential).issuer)
    document = composition.sealed_documents().read(dossier.current.sha256)
    return _kept(
        stamp_notice(document, Notice(issuer=issuer.name, trial=composition.config().trial)), Origin.NOTED, now=now
    )
