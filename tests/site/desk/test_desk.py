"""Many documents by one act: bound to the list, finished by a job, tried again in part, taken home."""

import io
import re
import zipfile
from datetime import timedelta
from uuid import UUID

import pytest
from tests.fixtures_instance import PASSPHRASE
from tests.site.dossiers.conftest import Bureau

from absah.workflow.life import State
from absah.workflow.parts import Part
from absah_site.desk import actions, store
from absah_site.desk.actions import AuthorisedAlready, NothingChosen
from absah_site.desk.store import ItemState
from absah_site.dossiers.actions import answering
from absah_site.dossiers.actions.signing import NotAffirmed, held_now
from absah_site.jobs.actions import run_due
from absah_site.signing.models import SigningRecord

pytestmark = pytest.mark.django_db


def gathered(bureau: Bureau, number: int = 3) -> tuple[UUID, list[UUID]]:
    made = [bureau.sent((bureau.rina, Part.SIGN, 1), title=f"SK {one}", kind="decree").id for one in range(number)]
    return actions.gather(tuple(made), by=bureau.rina.account), made


def authorise(bureau: Bureau, bundle: UUID) -> None:
    actions.authorise_bundle(bundle, bureau.rina.factors(), agrees=True, has_read=True, by=bureau.rina.account)


def work(bureau: Bureau) -> None:
    run_due()


def test_one_act_signs_the_list_and_nothing_else_and_a_job_finishes_it(bureau: Bureau) -> None:
    bundle, made = gathered(bureau)
    other = bureau.sent((bureau.rina, Part.SIGN, 1)).id
    with pytest.raises(NotAffirmed):
        actions.authorise_bundle(bundle, bureau.rina.factors(), agrees=False, has_read=True, by=bureau.rina.account)
    authorise(bureau, bundle)
    assert {one.state for one in store.items_of(bundle)} == {ItemState.VALUED}
    assert held_now(made[0]).claim is not None
    with pytest.raises(AuthorisedAlready):
        authorise(bureau, bundle)
    work(bureau)
    found = store.find(bundle)
    assert found is not None
    assert (found.count(ItemState.DONE), found.ended_at is not None) == (3, True)
    assert {held_now(one).state for one in made} == {State.COMPLETED}
    assert held_now(other).state is State.CIRCULATING
    assert set(SigningRecord.objects.values_list("state", flat=True)) == {"signed"}


def test_a_document_that_is_chosen_twice_lies_in_the_bundle_once(bureau: Bureau) -> None:
    made = bureau.sent((bureau.rina, Part.SIGN, 1)).id
    bundle = actions.gather((made, made), by=bureau.rina.account)
    assert [one.dossier for one in store.items_of(bundle)] == [made]


def test_a_document_that_changed_meanwhile_fails_alone_and_can_be_gathered_again(bureau: Bureau) -> None:
    bundle, made = gathered(bureau)
    answering.send_back(made[1], "Salah nama", seen=1, by=bureau.rina.account)
    authorise(bureau, bundle)
    work(bureau)
    states = {one.dossier: (one.state, one.error) for one in store.items_of(bundle)}
    assert states[made[1]] == (ItemState.FAILED, "workflow.act-not-now")
    assert states[made[0]][0] is ItemState.DONE
    with pytest.raises(NothingChosen):
        actions.gather_failed(bundle, by=bureau.rina.account)


def test_a_bundle_stands_still_when_it_is_told_to_and_goes_on_with_its_pace(
    bureau: Bureau, browser, monkeypatch
) -> None:
    bundle, made = gathered(bureau)
    authorise(bureau, bundle)
    page, path = browser(bureau.rina.account), f"/meja/{bundle}/"
    assert page.get(path).context["pace"] is None
    concluded = actions.conclude_valued

    def one_then_pause(identifier, valued, ports, *, by):
        page.post(f"{path}jeda/", {"act": "pause"})
        return concluded(identifier, valued, ports, by=by)

    with monkeypatch.context() as patch:
        patch.setattr(actions, "conclude_valued", one_then_pause)
        work(bureau)
    found = store.find(bundle)
    assert found is not None
    assert (found.count(ItemState.DONE), found.count(ItemState.VALUED)) == (1, 2)
    assert "It stands still since" in page.get(path).content.decode()
    assert browser(bureau.sari.account).post(f"{path}jeda/", {"act": "on"}).status_code == 404
    page.post(f"{path}jeda/", {"act": "on"})
    bureau.walk.instance.clock.advance(timedelta(seconds=30))
    shown = page.get(path)
    assert (shown.context["pace"].per_minute, "Still to go" in shown.content.decode()) == (2, True)
    work(bureau)
    assert {held_now(one).state for one in made} == {State.COMPLETED}
    ended = page.get(path).content.decode()
    assert "Still to go" not in ended
    assert "Pause" not in ended


def test_a_wrong_passphrase_signs_nothing_and_frees_every_document(bureau: Bureau) -> None:
    bundle, made = gathered(bureau, 2)
    with pytest.raises(Exception, match="wrong-passphrase"):
        actions.authorise_bundle(
            bundle, bureau.rina.factors("bukan yang ini"), agrees=True, has_read=True, by=bureau.rina.account
        )
    assert all(held_now(one).claim is None for one in made)
    authorise(bureau, bundle)


def test_the_job_begun_again_after_a_kill_goes_on_where_it_was(bureau: Bureau, monkeypatch) -> None:
    bundle, made = gathered(bureau, 2)
    authorise(bureau, bundle)
    concluded = actions.conclude_valued

    def once(identifier, valued, ports, *, by):
        if identifier == made[1]:
            raise KeyboardInterrupt
        return concluded(identifier, valued, ports, by=by)

    with monkeypatch.context() as patch:
        patch.setattr(actions, "conclude_valued", once)
        with pytest.raises(KeyboardInterrupt):
            actions.finish_bundle(Work(bundle))
    assert store.find(bundle).count(ItemState.DONE) == 1
    assert actions.finish_bundle(Work(bundle)) == "2 done, 0 failed"
    assert SigningRecord.objects.count() == 2


class Work:
    """What a handler is called with."""

    def __init__(self, bundle: UUID) -> None:
        self.reference = f"bundle:{bundle}"

    def progress(self, done: int, total: int, /) -> None:
        assert done <= total


def test_pages_lead_from_the_list_to_the_zip(bureau: Bureau, browser) -> None:
    for number in range(4):
        bureau.sent((bureau.rina, Part.SIGN, 1), title=f"SK {number}", kind="decree")
    bureau.sent((bureau.rina, Part.SIGN, 1), title="Lain sendiri", kind="letter")
    desk = browser(bureau.rina.account)
    assert "Look over all 5" in desk.get("/meja/").content.decode()
    preview = desk.post("/meja/", {"act": "all"}).url
    page = desk.get(preview).content.decode()
    assert "4 documents are about to be signed" in page
    assert "another kind" in page
    code = re.search(r"Match code:\s*</span>(\w{4})", page)[1]
    take = re.search(r'value="(take:[0-9a-f-]{36})"', page)[1]
    desk.post(f"{preview}sisihkan/", {"act": take})
    page = desk.get(preview).content.decode()
    assert "5 documents are about to be signed" in page
    assert re.search(r"Match code:\s*</span>(\w{4})", page)[1] != code
    answer = {"has_read": "on", "agrees": "on", "passphrase": PASSPHRASE, "totp": bureau.rina.code()}
    assert desk.post(preview, answer).status_code == 302
    assert "0 of 5 done" in desk.get(preview).content.decode()
    work(bureau)
    assert "5 documents are signed" in desk.get(preview).content.decode()
    content = b"".join(desk.get(f"{preview}kumpulan.zip").streaming_content)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        assert len(archive.namelist()) == 6
        assert archive.read("0001.pdf").startswith(b"%PDF-")
        assert "SK 0" in archive.read("manifest.csv").decode("utf-8-sig")
    stranger = browser(bureau.sari.account)
    assert stranger.get(preview).status_code == 404
    assert desk.post("/meja/", {"d": "no uuid"}).status_code == 400


def test_what_lies_aside_is_taken_in_at_once_and_a_filtered_list_has_its_own_pages(
    bureau: Bureau, browser, monkeypatch
) -> None:
    for number in range(4):
        bureau.sent((bureau.rina, Part.SIGN, 1), title=f"SK {number}", kind="decree")
    for number in range(2):
        bureau.sent((bureau.rina, Part.SIGN, 1), title=f"Surat {number}", kind="letter")
    desk = browser(bureau.rina.account)
    preview = desk.post("/meja/", {"act": "all"}).url
    assert "Take in all 2" in desk.get(preview).content.decode()
    desk.post(f"{preview}sisihkan/", {"act": "take:all"})
    assert "6 documents are about to be signed" in desk.get(preview).content.decode()
    bundle = UUID(preview.split("/")[2])
    first = store.items_of(bundle)[0].dossier
    answering.send_back(first, "Salah nama", seen=1, by=bureau.rina.account)
    authorise(bureau, bundle)
    work(bureau)
    monkeypatch.setattr("absah_site.desk.views.PAGE", 2)
    assert desk.get(preview).context["last"] == 3
    failed = desk.get(f"{preview}?keadaan=failed&hal=2")
    assert (failed.context["last"], failed.context["number"]) == (1, 1)
    assert "It does not wait for you any more" in failed.content.decode()
    assert "?keadaan=done&amp;hal=2" in desk.get(f"{preview}?keadaan=done").content.decode()
