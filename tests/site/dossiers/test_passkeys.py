"""Signing with a passkey: it is asked about what will be signed, and agrees to that alone."""

import base64
import json

import pytest
from allauth.mfa.models import Authenticator
from django.contrib.auth import get_user_model
from tests.fakes.passkeys import Device
from tests.fixtures_instance import PASSPHRASE
from tests.site.dossiers.conftest import Bureau, Signatory

from absah.workflow.life import State
from absah.workflow.parts import Part
from absah_site.desk import actions as desk
from absah_site.dossiers.actions.signing import held_now
from absah_site.notices.models import Notice
from absah_site.signing.models import SigningRecord

pytestmark = pytest.mark.django_db
HOST = "absah.sagarabiru.example"
PAGE = "/sertifikat-saya/kunci-sandi/"


def challenge_in(question: dict) -> bytes:
    return base64.urlsafe_b64decode(question["publicKey"]["challenge"] + "==")


class Holder:
    """Somebody with a device, at the site's own name."""

    def __init__(self, who: Signatory, browser, settings) -> None:
        settings.ALLOWED_HOSTS = [HOST]
        self.who, self.device = who, Device(HOST)
        self.browser = browser(who.account)
        user = get_user_model().objects.get(public_id=who.account.public_id)
        data = {"name": "Ponsel dinas", "credential": self.device.registered()}
        Authenticator.objects.create(user=user, type="webauthn", data=data)

    def get(self, path: str):
        return self.browser.get(path, headers={"host": HOST})

    def post(self, path: str, data: dict):
        return self.browser.post(path, data, headers={"host": HOST})

    def bind(self, **changed):
        question = json.loads(self.get(PAGE).context["question"])
        answer = self.device.answers(challenge_in(question))
        fields = {"passphrase": PASSPHRASE, "totp": self.who.code(), "answer": json.dumps(answer)}
        return self.post(PAGE, fields | changed)

    def answer_to(self, path: str) -> str:
        question = self.get(path).json()
        assert [one["id"] for one in question["publicKey"]["allowCredentials"]] == [self.device.answers(b"x")["id"]]
        return json.dumps(self.device.answers(challenge_in(question)))


@pytest.fixture
def holder(bureau: Bureau, browser, settings) -> Holder:
    made = Holder(bureau.rina, browser, settings)
    assert made.bind().status_code == 302
    return made


AGREED = {"seen": "1", "has_read": "on", "agrees": "on", "passphrase": PASSPHRASE, "totp": ""}


def test_a_passkey_is_bound_with_every_factor_told_and_let_go(bureau: Bureau, browser, settings) -> None:
    holder = Holder(bureau.rina, browser, settings)
    refused = holder.bind(totp="")
    assert refused.status_code == 403
    assert "Ponsel dinas" not in refused.content.decode()
    assert holder.bind(answer="{}").status_code == 400
    assert holder.bind().url == PAGE
    assert "Ponsel dinas" in holder.get(PAGE).content.decode()
    assert Notice.objects.filter(kind="signing.passkey-bound").count() == 1
    [bound] = holder.get(PAGE).context["bound"]
    assert holder.get(PAGE).context["question"] is None
    assert holder.post(f"{PAGE}zz/lepas/", {}).status_code == 400
    holder.post(f"{PAGE}{bound.code}/lepas/", {})
    assert holder.get(PAGE).context["bound"] == ()
    assert Notice.objects.filter(kind="signing.passkey-released").count() == 1


def test_a_document_is_signed_with_passphrase_and_passkey(bureau: Bureau, holder: Holder) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    path = f"/kotak-masuk/{sent.id}/tanda-tangan/"
    holder.post(f"/kotak-masuk/{sent.id}/setuju/", {})
    assert "data-ask" in holder.get(path).content.decode()
    answer = holder.answer_to(f"{path}kunci-sandi/")
    signed = holder.post(path, AGREED | {"answer": answer})
    assert signed.url == f"/kotak-masuk/{sent.id}/selesai/"
    assert held_now(sent.id).state is State.COMPLETED
    assert SigningRecord.objects.get().factors == "passkey+passphrase"


def test_an_answer_is_good_once_and_for_the_document_it_was_given_for(bureau: Bureau, holder: Holder) -> None:
    one, other = bureau.sent((bureau.rina, Part.SIGN, 1)), bureau.sent((bureau.rina, Part.SIGN, 1))
    paths = [f"/kotak-masuk/{sent.id}/tanda-tangan/" for sent in (one, other)]
    for sent in (one, other):
        holder.post(f"/kotak-masuk/{sent.id}/setuju/", {})
    answers = [holder.answer_to(f"{path}kunci-sandi/") for path in paths]
    refused = holder.post(paths[1], AGREED | {"answer": answers[0]})
    assert "does not show that you agree" in refused.content.decode()
    assert answers[0] not in refused.content.decode()
    again = holder.post(paths[1], AGREED | {"answer": answers[1]})
    assert "asked about something else" in again.content.decode()
    assert held_now(other.id).claim is None
    assert holder.post(paths[0], AGREED | {"answer": answers[0]}).status_code == 302


def test_who_was_asked_before_somebody_else_signed_is_asked_again(bureau: Bureau, holder: Holder) -> None:
    from absah_site.dossiers.actions import signing

    sent = bureau.sent((bureau.rina, Part.SIGN, 1), (bureau.sari, Part.SIGN, 1))
    path = f"/kotak-masuk/{sent.id}/tanda-tangan/"
    holder.post(f"/kotak-masuk/{sent.id}/setuju/", {})
    answer = holder.answer_to(f"{path}kunci-sandi/")
    read = signing.Affirmation(seen=1, has_read=True, agrees=True)
    signing.sign(sent.id, read, bureau.sari.factors(), by=bureau.sari.account)
    stale = holder.post(path, AGREED | {"answer": answer})
    assert "Perhaps somebody else signed first" in stale.content.decode()
    assert len(held_now(sent.id).missing) == 1
    fresh = holder.answer_to(f"{path}kunci-sandi/")
    assert holder.post(path, AGREED | {"answer": fresh}).status_code == 302
    assert held_now(sent.id).state is State.COMPLETED


def test_a_list_is_agreed_to_by_one_touch_and_what_left_it_meanwhile_stops_nothing_else(
    bureau: Bureau, holder: Holder
) -> None:
    from absah_site.dossiers.actions import following

    sent = [bureau.sent((bureau.rina, Part.SIGN, 1), title=f"Surat {number}") for number in range(3)]
    bundle = desk.gather(tuple(one.id for one in sent), by=bureau.rina.account)
    path = f"/meja/{bundle}/"
    assert "data-ask" in holder.get(path).content.decode()
    answer = holder.answer_to(f"{path}kunci-sandi/")
    following.cancel(sent[0].id, "Keliru", by=bureau.budi)
    assert holder.post(path, AGREED | {"answer": answer}).status_code == 302
    assert sorted(SigningRecord.objects.values_list("factors", flat=True)) == ["passkey+passphrase"] * 2
    page = holder.get(path).context
    assert (page["waiting"], page["failed"]) == (2, 1)


def test_without_a_bound_passkey_nothing_is_offered_or_asked(bureau: Bureau, browser) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    rina = browser(bureau.rina.account)
    rina.post(f"/kotak-masuk/{sent.id}/setuju/")
    path = f"/kotak-masuk/{sent.id}/tanda-tangan/"
    assert "data-ask" not in rina.get(path).content.decode()
    refused = rina.get(f"{path}kunci-sandi/")
    assert refused.status_code == 403
    assert "passkey" in refused.json()["problem"]
    nothing = rina.post(path, AGREED)
    assert nothing.status_code == 200
    assert nothing.context["form"].errors["totp"]
