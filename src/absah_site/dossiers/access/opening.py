"""Opening a dossier: permission and existence are one question with one answer (`workflow.dossier-unknown`)."""

from dataclasses import dataclass
from typing import Final
from uuid import UUID

from absah.adapters.document_pages import drawn_page
from absah.adapters.files import DocumentNotKept
from absah.adapters.sealed_shelf import NotOnShelf
from absah.kernel.clock import Instant
from absah.kernel.errors import AbsahError
from absah.pdf.page_views import PageView
from absah.workflow.dossier import Dossier, DossierUnknown
from absah.workflow.life import Act, State, acts_in
from absah.workflow.parts import Classification, Part, Seat, SeatState
from absah_site import composition
from absah_site.actors import Account
from absah_site.dossiers.store import dossiers, history, lists
from absah_site.dossiers.store.history import Happening
from absah_site.roles import Permission

#: The longest side of a page's picture, in pixels: to read on a phone or a desk, and to look at closely.
READING, CLOSE, SMALL = 1400, 2600, 420
SIDES: Final = {"baca": READING, "dekat": CLOSE, "kecil": SMALL}


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A dossier as one person sees it. `seat` is the own one that is asked now, or the own one that was."""

    dossier: Dossier
    account: UUID
    seat: Seat | None
    is_owner: bool

    @property
    def is_asked(self) -> bool:
        """Whether it is this person's turn."""
        return self.seat is not None and self.seat.state is SeatState.TURN

    @property
    def seals(self) -> bool:
        """Whether the agency's seal is what is asked of this person."""
        return self.seat is not None and self.seat.part is Part.SEAL

    @property
    def acts(self) -> frozenset[Act]:
        """What this person may do now."""
        possible = acts_in(self.dossier.state)
        own: set[Act] = {Act.FETCH}
        if self.is_owner:
            own |= {Act.REPLACE, Act.SEAT, Act.PLACE, Act.SEND, Act.CANCEL, Act.REMIND}
        if self.is_asked and self.seat is not None:
            own |= {Act.SIGN, Act.DECLINE, Act.SEND_BACK}
            own |= {Act.FORWARD} if self.seat.may_forward else set()
        return possible & own


def dossier_for(actor: Account, identifier: UUID, /) -> Opened:
    """A dossier that this person prepared, is asked about, or may read as the agency's archivist.

    Raises DossierUnknown.
    """
    found = dossiers.find(identifier)
    if found is None:
        raise DossierUnknown
    opened = opened_by(actor, found)
    if opened is None:
        raise DossierUnknown
    return opened


def opened_by(actor: Account, dossier: Dossier, /) -> Opened | None:
    """The dossier as this person sees it; None for whoever does not."""
    owner = dossier.owner.account == actor.public_id
    if not owner and not dossier.has_seat(actor.public_id) and not _keeps_archive(actor, dossier):
        return None
    return Opened(dossier=dossier, account=actor.public_id, seat=_own_seat(dossier, actor), is_owner=owner)


def _own_seat(dossier: Dossier, actor: Account) -> Seat | None:
    own = [seat for seat in dossier.seats if seat.person.account == actor.public_id and seat.part is not Part.COPY]
    return next((seat for seat in own if seat.state is SeatState.TURN), own[0] if own else None)


def _keeps_archive(actor: Account, dossier: Dossier) -> bool:
    """The archivist sees what is finished, of the own agency, and not what is secret."""
    return (
        dossier.state.is_final
        and dossier.subject.classification is not Classification.SECRET
        and actor.may(Permission.ARCHIVE_KEEP, dossier.agency)
    )


def many_for(actor: Account, identifiers: tuple[UUID, ...], /) -> tuple[Opened, ...]:
    """Those of several dossiers that this person sees, in the order asked for."""
    opened = (opened_by(actor, found) for found in dossiers.find_many(identifiers))
    return tuple(one for one in opened if one is not None)


def finished(identifier: UUID, /) -> bytes | None:
    """The document of a dossier that all have signed, for the app that began it; None before that."""
    found = dossiers.find(identifier)
    if found is None or found.state is not State.COMPLETED:
        return None
    return document_of(found)


def document_of(dossier: Dossier, sha256: str = "", /) -> bytes:
    """The bytes of a version, of the newest where none is named. Raises `register.document-not-kept`."""
    wanted = sha256 or dossier.current.sha256
    if wanted not in {version.sha256 for version in dossier.versions}:
        raise DossierUnknown
    try:
        return composition.sealed_documents().read(wanted)
    except DocumentNotKept:
        return composition.documents().read(wanted)


def page_of(dossier: Dossier, number: int, side: int, /) -> PageView:
    """A page of the newest version. It is drawn once, and rests sealed for a day. Raises PageMissing."""
    return picture_of(dossier, dossier.current.sha256, number, side)


def picture_of(dossier: Dossier, sha256: str, number: int, side: int, /) -> PageView:
    """A page of a version."""
    shelf, name = composition.page_shelf(), f"{number}-{side}"
    ticket = composition.sealed_documents().ticket_for(f"pages {sha256}")
    try:
        return _unpacked(number, shelf.take(ticket, name))
    except NotOnShelf:
        drawn = drawn_page(composition.isolated(), document_of(dossier, sha256), number, side)
        shelf.put_under(ticket, {name: _packed(drawn)})
        return drawn


_SIZE: Final = 4


def _packed(view: PageView) -> bytes:
    text = view.text.encode()
    numbers = (view.width, view.height, len(text))
    return b"".join(number.to_bytes(_SIZE, "big") for number in numbers) + text + view.picture


def _unpacked(number: int, packed: bytes) -> PageView:
    width, height, length = (int.from_bytes(packed[at : at + _SIZE], "big") for at in range(0, 3 * _SIZE, _SIZE))
    text = packed[3 * _SIZE : 3 * _SIZE + length].decode()
    return PageView(number=number, width=width, height=height, picture=packed[3 * _SIZE + length :], text=text)


def history_of(opened: Opened, /) -> tuple[Happening, ...]:
    """What happened to it, the oldest first."""
    return history.of(opened.dossier.id)


def safe_page(opened: Opened, number: int, side: int, /) -> PageView | None:
    """A page, or None where the document cannot be drawn: what cannot be drawn can still be fetched and read."""
    try:
        return page_of(opened.dossier, number, side)
    except AbsahError:
        return None


def dossier_as_kept(identifier: UUID, /) -> Dossier:
    """A dossier for what happens by itself: no person asks. Raises DossierUnknown."""
    found = dossiers.find(identifier)
    if found is None:
        raise DossierUnknown
    return found


def finished_after(moment: Instant | None, /, *, limit: int) -> tuple[tuple[UUID, Instant], ...]:
    """The dossiers that all have signed, from a moment on, in the order in which they ended."""
    return lists.finished_after(moment, limit=limit)
