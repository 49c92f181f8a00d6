"""What the signing portal makes passes outside judges: initials, a signature, the agency's seal, the end, a renewal."""

from datetime import timedelta
from pathlib import Path

import pytest
from tests.endtoend import judges
from tests.site.dossiers.conftest import Bureau

from absah.workflow.dossier import Way
from absah.workflow.life import State
from absah.workflow.parts import Part, Spot
from absah_site import composition
from absah_site.actors import Operator
from absah_site.dossiers.access import opening
from absah_site.dossiers.actions import keeping, preparing, sealing, signing
from absah_site.dossiers.actions.preparing import WantedSeat
from absah_site.dossiers.actions.signing import Affirmation, held_now
from absah_site.enrolment.access import subscriber_of
from absah_site.roles import Role
from absah_site.seals.actions import make_seal

pytestmark = pytest.mark.django_db
READ = Affirmation(seen=1, has_read=True, agrees=True)


def judged(document: bytes, folder: Path, root: Path, *, signatures: int) -> None:
    """Every judge says the same: so many signatures, and nothing wrong."""
    file = folder / "document.pdf"
    file.write_bytes(document)
    judges.qpdf(file)
    assert judges.pdfsig(file) == signatures
    assert judges.openssl_cms(file, folder) == signatures
    assert judges.pyhanko(file, root) == signatures


@pytest.mark.parametrize("certify", [True, False], ids=["certified", "approved"])
def test_what_a_journey_signed_passes_every_judge_at_each_step(bureau: Bureau, tmp_path: Path, certify: bool) -> None:
    walked = bureau.walk
    seal = make_seal(walked.office.agency, "Naskah Dinas", by=Operator(name="test"))
    tuti = walked.instance.officer("tuti", Role.AGENCY_ADMIN, agency=str(walked.office.agency))
    draft = bureau.drafted(way=Way(certify=certify, notice=True))
    wanted = (
        WantedSeat(account=bureau.sari.account.public_id, part=Part.INITIAL, turn=1),
        WantedSeat(account=bureau.rina.account.public_id, part=Part.SIGN, turn=2, mandate=bureau.mandated(bureau.rina)),
        WantedSeat(account=tuti.public_id, part=Part.SEAL, turn=3, seal=seal.number),
    )
    preparing.seat_people(draft.id, wanted, by=bureau.budi)
    spots = {number: Spot(page=2, x=60, y=110.0 * number, width=190, height=84) for number in (1, 2, 3)}
    preparing.place(draft.id, spots, keep=False, by=bureau.budi)
    sent = preparing.send(draft.id, by=bureau.budi)

    root = tmp_path / "root.der"
    credential = subscriber_of(bureau.rina.account.public_id).credential
    assert credential is not None
    root.write_bytes(composition.signer().certificate_chain(credential).chain[-1])

    signing.sign(sent.id, READ, bureau.sari.factors(), by=bureau.sari.account)
    judged(opening.document_of(held_now(sent.id)), tmp_path, root, signatures=1)
    signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    judged(opening.document_of(held_now(sent.id)), tmp_path, root, signatures=2)
    done = sealing.confirm_seal(sent.id, READ, by=tuti).dossier
    assert done.state is State.COMPLETED
    judged(opening.document_of(done), tmp_path, root, signatures=3)
    walked.instance.clock.advance(timedelta(days=1))
    keeping.renew(sent.id)
    judged(opening.document_of(held_now(sent.id)), tmp_path, root, signatures=3)
