"""Logos: empty places, filled with pictures written anew, on every page at once, taken away again."""

import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from PIL import Image, PngImagePlugin
from tests.fixtures_instance import bare_instance, instance, office

from absah.adapters.isolation.pool import IsolatedPool
from absah.adapters.logo_pictures import LARGEST_BYTES, LogoTooLarge, LogoUnreadable, clean_logo
from absah.kernel.clock import SystemClock
from absah_site import composition
from absah_site.audit import access as ledger
from absah_site.roles import Role

__all__ = ["bare_instance", "instance", "office"]
pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def pool():
    made = IsolatedPool(1, SystemClock(), warm=("absah.adapters.logo_pictures",))
    yield made
    made.close()


def picture(size: tuple[int, int] = (900, 300), kind: str = "PNG") -> bytes:
    written = io.BytesIO()
    about = PngImagePlugin.PngInfo()
    about.add_text("Comment", "dibuat di komputer pribadi")
    Image.new("RGBA" if kind == "PNG" else "RGB", size, "#0f4e40").save(written, kind, pnginfo=about)
    return written.getvalue()


def test_a_logo_is_written_anew_small_and_without_what_it_carried(pool: IsolatedPool) -> None:
    for kind in ("PNG", "JPEG", "WEBP"):
        clean = clean_logo(pool, picture(kind=kind))
        with Image.open(io.BytesIO(clean)) as read:
            assert (read.format, read.size, read.mode) == ("PNG", (384, 128), "RGBA")
            assert not read.info
        assert b"pribadi" not in clean


@pytest.mark.parametrize(
    ("sent", "refusal"),
    [
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script/></svg>", LogoUnreadable),
        (picture((10, 10)), LogoUnreadable),
        (picture((5000, 4000)), LogoTooLarge),
        (b"x" * (LARGEST_BYTES + 1), LogoTooLarge),
    ],
)
def test_what_is_no_logo_is_refused(pool: IsolatedPool, sent: bytes, refusal: type) -> None:
    with pytest.raises(refusal):
        clean_logo(pool, sent)


def test_a_place_is_empty_until_it_is_filled_and_empty_again(instance, office, pool, monkeypatch) -> None:
    monkeypatch.setattr(composition, "isolated", lambda: pool)
    admin, client, anybody = (
        instance.officer("admin2", Role.AGENCY_ADMIN, agency=str(office.agency)),
        Client(),
        Client(),
    )
    from django.contrib.auth import get_user_model

    client.force_login(get_user_model().objects.get(public_id=admin.public_id))
    assert 'class="logo"' not in anybody.get("/").content.decode()
    assert anybody.get("/merek/issuer-0000.png").status_code == 404
    assert anybody.get("/merek/lain-0000.png").status_code == 404
    wrong = client.post("/tampilan/", {"place": "agency", "picture": SimpleUploadedFile("x.png", b"bukan gambar")})
    assert wrong.status_code == 400
    assert client.post("/tampilan/", {"place": "agency"}).status_code == 400
    sent = client.post("/tampilan/", {"place": "issuer", "picture": SimpleUploadedFile("x.png", picture())})
    assert sent.status_code == 302
    page = anybody.get("/").content.decode()
    address = page.split('<img class="logo" src="')[1].split('"')[0]
    shown = anybody.get(address)
    assert shown.headers["Content-Type"] == "image/png"
    assert "immutable" in shown.headers["Cache-Control"]
    assert "logo:put" in str([entry.tag for entry in ledger.entries_about("logo:issuer")])
    client.post("/tampilan/", {"place": "issuer", "act": "remove"})
    assert 'class="logo"' not in anybody.get("/").content.decode()
    assert client.post("/tampilan/", {"place": "issuer", "act": "remove"}).status_code == 404


def test_only_who_may_changes_a_logo(instance, office) -> None:
    from django.contrib.auth import get_user_model

    signer, client = instance.officer("penanda", Role.SIGNER), Client()
    client.force_login(get_user_model().objects.get(public_id=signer.public_id))
    assert client.get("/tampilan/").status_code == 403
