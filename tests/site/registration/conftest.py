"""The demo instance, a browser, and letters as the person behind an address finds them."""

import io
from dataclasses import replace

import pytest
from django.contrib.auth import get_user_model
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image
from tests.fixtures_instance import Instance, bare_instance, instance, office, walk

from absah.adapters.isolation.pool import IsolatedPool
from absah.kernel.clock import SystemClock
from absah.kernel.messages import Language
from absah_site import composition
from absah_site.actors import Account
from absah_site.notices import store
from absah_site.notices.models import Notice

__all__ = ["bare_instance", "instance", "office", "walk"]


def browser(account: Account | None = None, language: str = "en") -> Client:
    client = Client()
    client.cookies["bahasa"] = language
    if account is not None:
        client.force_login(get_user_model().objects.get(public_id=account.public_id))
    return client


def picture(kind: str = "JPEG", size: tuple[int, int] = (640, 400), colour: str = "teal") -> SimpleUploadedFile:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Kamera Rahasia"
    Image.new("RGB", size, colour).save(written, kind, exif=exif)
    return SimpleUploadedFile(f"gambar.{kind.lower()}", written.getvalue(), f"image/{kind.lower()}")


def told(kind: str = "") -> list[tuple[str, str, str]]:
    """Recipient, words in English and link of what people were told, the newest last."""
    rows = Notice.objects.order_by("deliveries__pk")  # the clock stands still: their order is that of the mails
    if kind:
        rows = rows.filter(kind=f"enrolment.{kind}")
    vault = composition.personal_data()
    found = [(row.recipient, store._kept(row, vault).content.said(Language.ENGLISH)) for row in rows]
    return [(recipient, said.body, said.link) for recipient, said in found]


def newest_link(kind: str) -> str:
    return told(kind)[-1][2]


@pytest.fixture(scope="session")
def pool():
    made = IsolatedPool(1, SystemClock())
    yield made
    made.close()


@pytest.fixture(autouse=True)
def _pictures_are_opened_elsewhere(pool: IsolatedPool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(composition, "isolated", lambda: pool)


@pytest.fixture(autouse=True)
def _fictional_people(instance: Instance, settings) -> None:
    instance.config = settings.CONFIG = replace(settings.CONFIG, population="fictional")
