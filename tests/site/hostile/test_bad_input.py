"""Bad input at every page, as every role: refused in words, never our own fault, and nothing is half written.

`python -m soak --only forms` does the same with more words on the demo.
"""

from collections.abc import Mapping
from uuid import UUID

import pytest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.test import Client
from django.urls import path
from soak.forms.asking import Asker
from soak.forms.finding import walk
from soak.forms.sweep import Sweep
from tests.fakes.documents import agreement

from absah_site.accounts.models import User

pytestmark = [pytest.mark.django_db, pytest.mark.slow]


def test_bad_input_is_refused_in_words_everywhere_and_leaves_nothing_half_written(
    readers: Mapping[str, Client],
) -> None:
    sweep = Sweep(Asker(readers), agreement(), every=8)
    sweep.run()
    assert len({route for route, _reader in sweep.found.addresses}) > 100
    assert sum(1 for _ in sweep.forms()) > 60
    assert not sweep.problems, "\n\n".join(sweep.problems.values())


def _form(_request: HttpRequest) -> HttpResponse:
    """A page whose form everything below takes."""
    actions = ("salah", "separuh", "membuka", "keluar", "kosong")
    forms = "".join(f'<form method="post" action="/{one}/"><input name="kata"></form>' for one in actions)
    return HttpResponse(f'<html lang="id"><h1>Contoh</h1>{forms}</html>')


def _faulty(request: HttpRequest) -> HttpResponse:
    return HttpResponse(int(request.POST.get("kata", "0")))


def _half(_request: HttpRequest) -> HttpResponse:
    """Writes, and refuses then."""
    number = User.objects.count() + 1
    User.objects.create(username=f"separuh-{number}", public_id=UUID(int=number))
    return HttpResponse('<html lang="id"><h1>Tidak boleh</h1></html>', status=403)


def _opening(_request: HttpRequest) -> HttpResponse:
    return HttpResponse("<h1>Traceback (most recent call last)</h1>")


def _leading(_request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect("//evil.example/")


def _mute(_request: HttpRequest) -> HttpResponse:
    return HttpResponse(status=400)


urlpatterns = [
    path("", _form),
    path("salah/", _faulty),
    path("separuh/", _half),
    path("membuka/", _opening),
    path("keluar/", _leading),
    path("kosong/", _mute),
]


@pytest.mark.urls(__name__)
def test_the_sweep_finds_what_is_wrong() -> None:
    sweep = Sweep(Asker({"": Client()}), b"%PDF", words=("no number",), files=())
    sweep.found = walk(sweep.asker)
    for user, form in sweep.forms():
        sweep.spoil(form, user)
    said = "\n".join(sweep.problems.values())
    for sentence in (
        "ValueError: invalid literal for int()",
        "refused with 403, and yet changed accounts_user",
        "200 shows the inside",
        "leads to //evil.example/",
        "400 is a page without a heading",
        "without its token",
    ):
        assert sentence in said
    assert not User.objects.exists()  # what was asked was taken back
