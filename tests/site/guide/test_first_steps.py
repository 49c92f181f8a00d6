"""The first steps: shown to signers of a demonstration alone, walked, put away, and shown again."""

import json
from dataclasses import replace

import pytest
from tests.site.dossiers.conftest import Bureau
from tests.site.dossiers.test_signing import READ

from absah.adapters.totp import code_at, read_base32
from absah.workflow.parts import Part
from absah_site import composition
from absah_site.config import Role as InstanceRole
from absah_site.dossiers.actions import signing
from absah_site.guide import access, actions
from absah_site.guide.access import NoDemonstration, Step
from absah_site.guide.adapter import CREDENTIALS

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def demonstration(settings) -> None:
    settings.CONFIG = replace(settings.CONFIG, role=InstanceRole.DEMO)


@pytest.fixture
def secrets(bureau: Bureau) -> dict[str, object]:
    """What `absah demo` writes beside its data, of Rina."""
    signer = {"email": "rina@sagarabiru.example", "passphrase": "kata rahasia", "totp_secret": bureau.rina.secret}
    written = {"signers": [signer], "users": [{"role": "signer", "username": "rina", "password": "-"}]}
    (composition.config().data / CREDENTIALS).write_text(json.dumps(written), encoding="utf-8")
    return signer


def text(answer) -> str:
    return " ".join(answer.content.decode().split())


def test_a_new_signer_signs_checks_forges_and_is_told_that_it_is_done(bureau: Bureau, browser) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    page = browser(bureau.rina.account)
    desk = text(page.get("/beranda/"))
    assert "Read the document that waits for you" in desk
    assert f"/kotak-masuk/{sent.id}/" in desk
    signing.sign(sent.id, READ, bureau.rina.factors(), by=bureau.rina.account)
    assert f"/langkah-pertama/{sent.id}/periksa/" in text(page.get("/beranda/"))
    checked = text(page.post(f"/langkah-pertama/{sent.id}/periksa/"))
    assert ">Valid<" in checked
    assert "Now change a single bit" in checked
    forged = text(page.post(f"/langkah-pertama/{sent.id}/palsukan/"))
    assert ">Not valid<" in forged
    assert "You know the way now" in forged
    guide = access.guide_for(bureau.rina.account)
    assert guide is not None
    assert (guide.now, guide.done) == (None, frozenset(Step))


def test_the_steps_are_put_away_by_each_person_and_come_back_when_wished(bureau: Bureau, browser) -> None:
    page = browser(bureau.rina.account)
    assert "Send yourself a document" in text(page.get("/beranda/"))
    assert page.post("/langkah-pertama/sembunyikan/").url == "/beranda/"
    assert "First steps" not in text(page.get("/beranda/"))
    assert "First steps" in text(browser(bureau.sari.account).get("/beranda/"))
    assert "Show me the steps again" in text(page.get("/langkah-pertama/"))
    assert page.post("/langkah-pertama/sembunyikan/", {"act": "again"}).url == "/langkah-pertama/"
    assert "First steps" in text(page.get("/beranda/"))


def test_nobody_else_is_led_and_another_instance_forges_nothing(bureau: Bureau, browser, settings) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    assert access.guide_for(bureau.budi) is None
    assert browser(bureau.sari.account).post(f"/langkah-pertama/{sent.id}/palsukan/").status_code == 404
    settings.CONFIG = replace(settings.CONFIG, role=InstanceRole.AGENCY)
    page = browser(bureau.rina.account)
    assert "First steps" not in text(page.get("/beranda/"))
    assert page.get("/langkah-pertama/").status_code == 404
    for step in ("periksa", "palsukan"):
        assert page.post(f"/langkah-pertama/{sent.id}/{step}/").status_code == 404
    with pytest.raises(NoDemonstration):
        actions.put_away(by=bureau.rina.account, at=bureau.walk.instance.clock.now())


def test_only_the_fictional_person_is_told_what_to_type(
    bureau: Bureau, browser, settings, secrets: dict[str, object]
) -> None:
    sent = bureau.sent((bureau.rina, Part.SIGN, 1))
    now = bureau.walk.instance.clock.now()
    keys = access.keys_of(bureau.rina.account, now=now)
    assert keys is not None
    assert keys.code == code_at(read_base32(bureau.rina.secret), now)
    assert 0 < keys.seconds <= 30
    assert "kata rahasia" not in repr(keys)
    assert access.keys_of(bureau.sari.account, now=now) is None
    page = browser(bureau.rina.account)
    page.post(f"/kotak-masuk/{sent.id}/setuju/")
    assert "kata rahasia" in text(page.get(f"/kotak-masuk/{sent.id}/tanda-tangan/"))
    assert "rina" in text(page.get("/langkah-pertama/"))
    door = text(browser().get("/masuk/"))
    assert "Begin as" in door
    assert "kata rahasia" not in door
    settings.CONFIG = replace(settings.CONFIG, role=InstanceRole.AUTHORITY)
    assert "kata rahasia" not in text(page.get(f"/kotak-masuk/{sent.id}/tanda-tangan/"))
    assert "Begin as" not in text(browser().get("/masuk/"))


def test_a_file_of_secrets_that_is_broken_leads_nobody(bureau: Bureau) -> None:
    path = composition.config().data / CREDENTIALS
    for content in ("{", "[]", '{"users": [{"role": "ghost", "username": "x"}]}'):
        path.write_text(content, encoding="utf-8")
        assert access.people() == ()
    path.unlink()
    assert access.beginner() is None
