"""Authority lines come from the agency's record, stand in the picture of the signature, and end with the mandate."""

from datetime import timedelta

import pytest
from tests.site.dossiers.conftest import Bureau

from absah.enrolment.mandate import MandateKind, MandateOver
from absah.kernel.clock import legal_date
from absah.workflow.parts import Part, Spot
from absah_site.dossiers.actions import preparing, signing
from absah_site.dossiers.actions.preparing import MandateForeign, WantedSeat
from absah_site.dossiers.actions.signing import Affirmation
from absah_site.enrolment import actions as enrolment
from absah_site.enrolment.access.mandates import MandateUnknown, mandates_at

pytestmark = pytest.mark.django_db
READ = Affirmation(seen=1, has_read=True, agrees=True)


def asked(bureau: Bureau, mandate, who=None):
    dossier = bureau.drafted()
    account = (who or bureau.rina).account.public_id
    preparing.seat_people(
        dossier.id, (WantedSeat(account=account, part=Part.SIGN, turn=1, mandate=mandate),), by=bureau.budi
    )
    spot = Spot(page=2, x=60, y=100, width=190, height=82)
    preparing.place(dossier.id, {1: spot}, keep=False, by=bureau.budi)
    return preparing.send(dossier.id, by=bureau.budi)


def test_the_lines_are_set_in_the_signature_and_on_every_page_about_it(bureau: Bureau, browser) -> None:
    sent = asked(bureau, bureau.mandated(bureau.rina))
    assert sent.seats[0].printed_post == "a.n. Wali Kota\nKepala Dinas"
    done = signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account).dossier
    page = browser(bureau.budi).get(f"/naskah/{sent.id}/").content.decode()
    assert "a.n. Wali Kota<br>Kepala Dinas" in page
    public = browser().get(f"/d/{done.seats[0].record}/").content.decode()
    assert "a.n. Wali Kota<br>Kepala Dinas" in public


def test_somebody_else_s_authority_and_one_that_is_over_are_refused(bureau: Bureau) -> None:
    mandate = bureau.mandated(bureau.sari)
    with pytest.raises(MandateForeign):
        asked(bureau, mandate)
    today = legal_date(bureau.walk.instance.clock.now())
    acting = bureau.mandated(bureau.rina, kind=MandateKind.ACTING, post="Sekretaris Daerah", until=today)
    sent = asked(bureau, acting)
    assert sent.seats[0].printed_post == "Plt. Sekretaris Daerah"
    bureau.walk.instance.clock.advance(timedelta(days=1))
    with pytest.raises(MandateOver):
        signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    assert signing.held_now(sent.id).claim is None


def test_an_authority_that_was_taken_back_signs_nothing_and_the_reader_is_told_before(bureau: Bureau, browser) -> None:
    mandate = bureau.mandated(bureau.rina)
    sent = asked(bureau, mandate)
    enrolment.end_mandate(mandate, by=bureau.budi)
    enrolment.end_mandate(mandate, by=bureau.budi)
    assert mandates_at(bureau.walk.office.agency, today=legal_date(bureau.walk.instance.clock.now())) == ()
    page = browser(bureau.rina.account).get(f"/kotak-masuk/{sent.id}/?hal=2").content.decode()
    assert "authority to sign this document" in page
    with pytest.raises(MandateUnknown):
        enrolment.end_mandate(sent.id, by=bureau.budi)


def test_the_agency_enters_an_authority_by_its_page_and_ends_it(bureau: Bureau, browser) -> None:
    path = f"/instansi/{bureau.walk.office.agency}/kewenangan/"
    page = browser(bureau.budi)
    people = page.get(path).context["form"].fields["person"].choices
    sari = next(one for one, name in people if "Sari" in name)
    given = {"person": sari, "kind": "u.b.", "post": "Wali Kota", "decree": "SK 7", "since": "2026-01-05"}
    assert page.post(path, given).status_code == 400
    assert page.post(path, given | {"through": "Sekretaris Daerah"}).url == path
    told = page.get(path).content.decode()
    assert "a.n. Wali Kota<br>Sekretaris Daerah<br>u.b.<br>Sekretaris<br>" in told
    [(one, _holds)] = page.get(path).context["mandates"]
    assert page.post(path, {"end": "x"}).status_code == 400
    assert page.post(path, {"end": str(one.id)}).url == path
    assert page.get(path).context["mandates"] == []
