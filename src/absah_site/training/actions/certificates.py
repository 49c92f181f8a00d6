"""Certificates of attendance: typeset for everybody who earned one, and laid on the desk of whoever signs them."""

from typing import Final
from uuid import UUID

from django.db import transaction

from absah.adapters.typst_press import press
from absah.cases.case import StepNotNow
from absah.cases.fields import read_moment
from absah.kernel.clock import legal_date
from absah.kernel.dates import written_date
from absah.workflow.dossier import Subject, Way
from absah.workflow.parts import Classification, Part, Person, Spot
from absah_site import composition
from absah_site.accounts import access as accounts
from absah_site.actors import Account
from absah_site.cases import access as cases
from absah_site.dossiers.access.people import signers_for
from absah_site.dossiers.actions import preparing
from absah_site.jobs.actions import Work, enqueue
from absah_site.training import access, store
from absah_site.training.access import Room
from absah_site.training.store import Attended

JOB: Final = "training:certify"
#: Where the signature stands on the certificate (`press/attendance_certificate.typ`), in points from the upper left.
_SPOT: Final = Spot(page=1, x=519, y=428, width=250, height=76)


@transaction.atomic
def ask_for_certificates(agreement: UUID, event: UUID, signer: UUID, /, *, by: Account) -> None:
    """Let the worker make the certificates of an event that was held. Raises SignerUnknown, StepNotNow."""
    now = composition.clock().now()
    room = access.room_of(cases.case_for(by, agreement, event, now=now))
    if not room.was_held:
        graph = room.opened.case.kind.graph
        raise StepNotNow(act=graph.named("close")[0].phrase, state=graph.state(room.opened.case.state).phrase)
    _signer(by, signer)
    enqueue(JOB, f"event:{event}:{by.public_id}:{signer}")


def _signer(by: Account, wanted: UUID) -> Person:
    found = next((person for person in signers_for(by) if person.account == wanted), None)
    if found is None:
        raise preparing.SignerUnknown
    return found


def carry_out(work: Work) -> str:
    """Make and send each certificate that was not sent yet; what is done stays done when the worker dies."""
    _, event, asker, wanted = work.reference.split(":")
    now = composition.clock().now()
    by = accounts.account(UUID(asker), now=now)
    signer = _signer(by, UUID(wanted))
    room = access.room_of(access.event(UUID(event), now=now))
    waiting = room.waiting
    for number, person in enumerate(waiting, start=1):
        with transaction.atomic():
            store.note_dossier(UUID(event), person.number, _sent(room, person, signer, by))
        work.progress(number, len(waiting))
    return str(len(waiting))


def _sent(room: Room, person: Attended, signer: Person, by: Account) -> UUID:
    """One certificate, on its way to the signer's desk."""
    case = room.opened.case
    number = f"{case.number}/{person.number:03}"
    subject = Subject(
        title=f"Sertifikat kehadiran: {case.values['topic']}",
        number=number,
        kind="other",
        classification=Classification.PUBLIC,
    )
    upload = preparing.Upload(content=certificate(room, person, signer, number))
    dossier = preparing.create(upload, subject, Way(notice=True), by=by)
    seat = preparing.WantedSeat(account=signer.account, part=Part.SIGN, turn=1)
    preparing.seat_people(dossier.id, (seat,), by=by)
    preparing.place(dossier.id, {1: _SPOT}, keep=False, by=by)
    preparing.send(dossier.id, by=by)
    return dossier.id


def certificate(room: Room, person: Attended, signer: Person, number: str, /) -> bytes:
    """One certificate, unsigned."""
    found, values = room.opened.found, room.opened.case.values
    day = legal_date(read_moment(values["begins"]))
    form = room.opened.case.kind.fields["form"].choice(values["form"])
    data = {
        "number": number,
        "name": person.name,
        "unit": person.unit,
        "post": person.post,
        "topic": values["topic"],
        "form": form.text if form is not None else "",
        "day": written_date(day),
        "hours": values["hours"],
        "agency": found.agreement.parties[room.opened.case.opened.by].name_on(found.today),
        "signer": signer.name,
        "signer_post": signer.post,
        "trial": composition.config().trial,
    }
    return press("attendance_certificate", data, dated=day)
