"""The agency's seal as a part of the round: one asks, another confirms with two factors; nobody is both."""

from datetime import timedelta

import pytest
from tests.fixtures_instance import PASSWORD
from tests.site.dossiers.conftest import Bureau

from absah.adapters.totp import code_at, read_base32
from absah.kernel.clock import SystemClock, instant
from absah.validation.conclusion import Verdict
from absah.workflow.dossier import SealNeedsAnother, Way
from absah.workflow.life import State
from absah.workflow.parts import Part, Spot
from absah_site.accounts.access import NotPermitted
from absah_site.actors import Account, Operator
from absah_site.desk import actions as desk
from absah_site.dossiers.access import opening
from absah_site.dossiers.actions import preparing, sealing, signing
from absah_site.dossiers.actions.preparing import SignerUnknown, WantedSeat
from absah_site.dossiers.actions.signing import Affirmation, held_now
from absah_site.roles import Role
from absah_site.seals.actions import make_seal
from absah_site.seals.store import Seal
from absah_site.signing.models import SigningRecord
from absah_site.validation.access import report_on

pytestmark = pytest.mark.django_db
READ = Affirmation(seen=1, has_read=True, agrees=True)


@pytest.fixture
def seal(bureau: Bureau) -> Seal:
    return make_seal(bureau.walk.office.agency, "Naskah Dinas", by=Operator(name="test"))


@pytest.fixture
def tuti(bureau: Bureau) -> Account:
    return bureau.walk.instance.officer("tuti", Role.AGENCY_ADMIN, agency=str(bureau.walk.office.agency))


def asked(bureau: Bureau, seal: Seal, who: Account, way: Way):
    dossier = bureau.drafted(way=way)
    wanted = (
        WantedSeat(account=bureau.rina.account.public_id, part=Part.SIGN, turn=1),
        WantedSeat(account=who.public_id, part=Part.SEAL, turn=2, seal=seal.number, may_forward=True),
    )
    preparing.seat_people(dossier.id, wanted, by=bureau.budi)
    spots = {number: Spot(page=2, x=60, y=100.0 * number, width=190, height=70) for number in (1, 2)}
    preparing.place(dossier.id, spots, keep=False, by=bureau.budi)
    return preparing.send(dossier.id, by=bureau.budi)


@pytest.mark.parametrize("certify", [True, False])
def test_a_certified_document_is_signed_then_sealed_by_another_and_stays_valid(
    bureau: Bureau, seal: Seal, tuti: Account, certify: bool
) -> None:
    sent = asked(bureau, seal, tuti, Way(certify=certify, notice=True))
    assert not sent.seats[1].may_forward
    signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    with pytest.raises(NotPermitted):
        sealing.confirm_seal(sent.id, READ, by=bureau.sari.account)
    done = sealing.confirm_seal(sent.id, READ, by=tuti).dossier
    assert done.state is State.COMPLETED
    report = report_on(opening.document_of(done), password=None, now=bureau.walk.instance.clock.now())
    assert report.verdict is Verdict.VALID
    assert len(report.signatures) == 2
    row = SigningRecord.objects.get(holder=seal.number)
    assert (row.state, row.signer_name, row.factors) == ("signed", "Naskah Dinas", "totp")


def test_nobody_asks_and_confirms_and_only_who_may_seal_confirms(bureau: Bureau, seal: Seal, tuti: Account) -> None:
    with pytest.raises(SealNeedsAnother):
        asked(bureau, seal, bureau.budi, Way())
    with pytest.raises(SignerUnknown):
        asked(bureau, seal, bureau.sari.account, Way())
    sent = asked(bureau, seal, tuti, Way())
    signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    with pytest.raises(desk.NothingChosen):
        desk.gather((sent.id,), by=bureau.walk.instance.officer("juru", Role.SIGNER))


def test_the_pages_ask_for_password_and_code_and_show_both_people(
    bureau: Bureau, seal: Seal, tuti: Account, browser
) -> None:
    sent = asked(bureau, seal, tuti, Way())
    signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    page = browser(tuti)
    assert "Undangan rapat" in page.get("/kotak-masuk/").content.decode()
    read = page.get(f"/kotak-masuk/{sent.id}/?hal=2").content.decode()
    assert "Your confirmation of the seal is asked for" in read
    assert "Naskah Dinas" in read
    path = page.post(f"/kotak-masuk/{sent.id}/setuju/").url
    assert "needs a second factor first" in page.get(path).content.decode()
    page.post("/keamanan/pastikan/", {"password": PASSWORD, "next": "/keamanan/aplikasi/"})
    bound = page.get("/keamanan/aplikasi/").content.decode()
    secret = read_base32(bound.split('<p class="mono">')[1].split("</p>")[0].replace(" ", ""))
    assert page.post("/keamanan/aplikasi/", {"code": code_at(secret, SystemClock().now())}).status_code == 200
    form = page.get(path).content.decode()
    assert "Asked for by" in form
    agreed = {"seen": "1", "agrees": "on", "password": PASSWORD}
    assert page.post(path, agreed).context["form"].errors["code"]
    refused = page.post(path, agreed | {"code": "000 000"})
    assert refused.status_code == 403
    assert held_now(sent.id).claim is None
    code = code_at(secret, instant(SystemClock().now() + timedelta(seconds=30)))  # the library keeps its own time
    assert page.post(path, agreed | {"code": code}).url == f"/kotak-masuk/{sent.id}/selesai/"
    assert held_now(sent.id).state is State.COMPLETED
    assert page.get(f"/kotak-masuk/{sent.id}/selesai/").status_code == 200


def test_who_confirms_may_send_it_back_instead(bureau: Bureau, seal: Seal, tuti: Account, browser) -> None:
    sent = asked(bureau, seal, tuti, Way())
    signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    page = browser(tuti)
    page.post(f"/kotak-masuk/{sent.id}/kembalikan/", {"seen": "1", "reason": "Lampirannya kurang"})
    assert held_now(sent.id).state is State.RETURNED
