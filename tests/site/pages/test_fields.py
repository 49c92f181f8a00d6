"""How a field of a form stands on a page: what may be left empty says so, and a box stands before its words."""

import pytest
from django import forms
from django.template import RequestContext, Template
from django.test import RequestFactory

OPTIONAL = '<span class="optional">tidak wajib</span>'


class Every(forms.Form):
    needed = forms.CharField(label="Nama")
    free = forms.CharField(label="Gelar", required=False)
    secret = forms.CharField(label="Frasa sandi", required=False, widget=forms.PasswordInput)
    code = forms.CharField(label="Kode", required=False, widget=forms.TextInput({"autocomplete": "one-time-code"}))
    kind = forms.ChoiceField(label="Jenis", required=False, choices=[("", "Pilih")])
    box = forms.BooleanField(label="Saya setuju", required=False, help_text="Baca dahulu.")


def field(name: str, options: str = "") -> str:
    template = Template(f"{{% load absah %}}{{% form_field form.{name} {options} %}}")
    return template.render(RequestContext(RequestFactory().get("/"), {"form": Every()}))


def test_what_may_be_left_empty_says_so() -> None:
    assert f"Gelar {OPTIONAL}</label>" in field("free")


@pytest.mark.parametrize("name", ["needed", "secret", "code", "kind", "box"])
def test_what_is_needed_or_hangs_on_the_person_does_not(name: str) -> None:
    assert OPTIONAL not in field(name)


def test_nor_does_a_field_that_hangs_on_the_rest_of_its_form() -> None:
    assert OPTIONAL not in field("free", "quiet=True")


def test_a_box_stands_before_its_words_and_keeps_its_hint() -> None:
    html = field("box")
    assert html.index("<input") < html.index("Saya setuju") < html.index("Baca dahulu.")
    assert html.count("<input") == 1
    assert 'aria-describedby="id_box_helptext"' in html
