"""The pages of webhooks: added by their agency, seen by nobody else, secrets shown once, bad addresses refused."""

import re
from typing import Any
from uuid import uuid4

import pytest
from django.test import Client
from tests.fixtures_instance import PASSWORD, Instance, Office
from tests.fixtures_receiver import Receiver

from absah.audit.tags import WebhookTag
from absah.notices.webhooks.message import HookSecret
from absah_site.actors import Account
from absah_site.audit.access import latest_entries
from absah_site.jobs import actions as jobs
from absah_site.roles import Role
from absah_site.webhooks import actions
from absah_site.webhooks.models import Delivery, Hook, Secret

FORM = {"name": "Kepegawaian", "address": "https://kepegawaian.example/hooks/absah", "everything": "on"}


def signed_in(account: Account) -> Client:
    client = Client()
    assert client.login(username=account.username, password=PASSWORD)
    return client


@pytest.fixture
def pages(admin: Account) -> Client:
    return signed_in(admin)


def added(pages: Client, office: Office, **changes: Any) -> Any:
    return pages.post("/webhook/baru/", FORM | {"agency": str(office.agency)} | changes)


def shown_secret(page: Any) -> HookSecret:
    (text,) = re.findall(r"whsec_[A-Za-z0-9+/=]+", page.content.decode().replace("<wbr>", ""))
    return HookSecret.parse(text)


def test_a_secret_is_shown_once_and_kept_sealed(pages: Client, office: Office) -> None:
    page = added(pages, office)
    assert page.status_code == 200
    assert "no-store" in page["Cache-Control"]
    secret = shown_secret(page)
    hook = Hook.objects.get()
    kept = bytes(Secret.objects.get().sealed)
    assert secret.text.encode() not in kept
    assert secret.key not in kept
    assert "whsec_" not in pages.get(f"/webhook/{hook.pk}/").content.decode()
    newer = shown_secret(pages.post(f"/webhook/{hook.pk}/rahasia/", {"overlap": "7"}))
    assert newer != secret
    assert [entry.tag for _, entry in latest_entries()][:3] == [
        WebhookTag.SECRET_DRAWN,
        WebhookTag.SECRET_DRAWN,
        WebhookTag.HOOK_REGISTERED,
    ]


@pytest.mark.parametrize("overlap", ["", "2", "-1", "nanti"])
def test_a_choice_that_nobody_was_offered_ends_no_secret(pages: Client, office: Office, overlap: str) -> None:
    added(pages, office)
    hook = Hook.objects.get()
    page = pages.post(f"/webhook/{hook.pk}/rahasia/", {"overlap": overlap})
    assert page.status_code == 400
    assert "tidak ada yang diubah" in page.content.decode()
    assert Secret.objects.get().ends_at is None


@pytest.mark.parametrize(
    "address",
    [
        "http://kepegawaian.example/", "https://127.0.0.1/", "https://localhost/", "https://[::1]/", "https://10.0.0.8/x",
        "https://169.254.169.254/latest/", "https://kepegawaian.example:8443/", "https://u:p@kepegawaian.example/",
        "ftp://kepegawaian.example/", "https://kepegawaian.example/#x", "kepegawaian", "https:///x",
    ],
)  # fmt: skip
def test_an_address_that_must_not_be_told_is_refused_with_its_reason(
    pages: Client, office: Office, address: str
) -> None:
    page = added(pages, office, address=address)
    assert page.status_code == 400
    assert "https://" in page.content.decode()
    assert not Hook.objects.exists()


def test_what_is_wrong_is_said_and_what_was_typed_stays(pages: Client, office: Office) -> None:
    page = added(pages, office, everything="", name="Kepegawaian Daerah")
    assert page.status_code == 400
    assert "Belum ada peristiwa yang dipilih." in page.content.decode()
    assert "Kepegawaian Daerah" in page.content.decode()
    assert added(pages, office, name="9999014107900001").status_code == 422
    for number in range(10):
        assert added(pages, office, name=f"Sistem {number}").status_code == 200
    assert "paling banyak memiliki 10" in added(pages, office).content.decode()


def test_nobody_else_sees_or_moves_a_webhook(pages: Client, instance: Instance, office: Office) -> None:
    added(pages, office)
    hook = Hook.objects.get()
    other = signed_in(instance.officer("lain", Role.AGENCY_ADMIN, agency=str(uuid4())))
    for client, status in ((other, 404), (signed_in(office.entering), 403), (Client(), 302)):
        assert client.get(f"/webhook/{hook.pk}/").status_code == status
        for move in ("uji/", "jeda/", "hapus/", "rahasia/", "kirim-ulang/", "pengaturan/"):
            assert client.post(f"/webhook/{hook.pk}/{move}", FORM).status_code == status
    hook.refresh_from_db()
    assert (hook.state, Secret.objects.count()) == ("active", 1)


@pytest.mark.loopback
def test_a_test_is_sent_by_its_button_and_its_delivery_is_shown(
    pages: Client, hook: Any, receiver: Receiver, admin: Account
) -> None:
    drawn = hook()
    receiver.status = 418
    page = pages.post(f"/webhook/{drawn.hook.id}/uji/", follow=True)
    assert "Dikirim dalam beberapa detik" in page.content.decode()
    jobs.run_due()
    delivery = Delivery.objects.get()
    shown = pages.get(f"/webhook/pengiriman/{delivery.pk}/").content.decode()
    assert "418" in shown
    assert "webhook.tested" in shown
    assert "Percobaan berikutnya" in shown
    assert "Gagal menerima" in pages.get("/webhook/").content.decode()
    refused = pages.post(f"/webhook/pengiriman/{delivery.pk}/kirim-ulang/")
    assert "tidak dihentikan" in refused.content.decode()

    Delivery.objects.update(state="dead", ended_at=delivery.created_at)
    assert "status-418" in pages.get(f"/webhook/{drawn.hook.id}/?hanya=gagal").content.decode()
    receiver.status = 200
    pages.post(f"/webhook/{drawn.hook.id}/kirim-ulang/")
    jobs.run_due()
    assert "Sampai" in pages.get(f"/webhook/{drawn.hook.id}/").content.decode()


def test_a_webhook_is_changed_paused_goes_on_and_is_removed(pages: Client, office: Office, admin: Account) -> None:
    added(pages, office)
    hook = Hook.objects.get()
    wanted = {**FORM, "name": "Kepegawaian baru", "everything": "", "events": ["person.left", "certificate.revoked"]}
    assert pages.post(f"/webhook/{hook.pk}/pengaturan/", wanted).status_code == 302
    hook.refresh_from_db()
    assert (hook.name, hook.events) == ("Kepegawaian baru", ["certificate.revoked", "person.left"])
    pages.post(f"/webhook/{hook.pk}/jeda/")
    assert "Dijeda" in pages.get(f"/webhook/{hook.pk}/").content.decode()
    assert pages.post(f"/webhook/{hook.pk}/uji/").status_code == 409
    pages.post(f"/webhook/{hook.pk}/lanjut/")
    assert actions.send_test(hook.pk, by=admin)
    pages.post(f"/webhook/{hook.pk}/hapus/")
    assert pages.get(f"/webhook/{hook.pk}/").status_code == 404
    assert Secret.objects.get().ends_at is not None
    assert "Belum ada webhook" in pages.get("/webhook/").content.decode()
