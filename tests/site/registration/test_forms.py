"""What a person types on the last page of registration reaches the account as it was typed."""

from absah_site.accounts.forms import NewFactorForm, SignInForm
from absah_site.registration.forms.person import ActivationForm

SPACED = " kucing biru terbang "


def test_a_password_that_begins_with_a_space_is_set_as_sign_in_will_ask_for_it() -> None:
    typed = {"username": "rina", "password": SPACED, "passphrase": "empat kata yang panjang"}
    form = ActivationForm(typed | {"again": typed["passphrase"], "agree": "on"}, has_account=False)
    assert form.is_valid(), form.errors
    asked = SignInForm({"username": "rina", "password": SPACED})
    assert asked.is_valid()
    assert form.cleaned_data["password"] == asked.cleaned_data["password"] == SPACED


def test_whoever_signs_in_is_asked_in_the_usual_order() -> None:
    assert list(SignInForm().fields) == ["username", "password"]
    assert list(NewFactorForm().fields) == ["password", "code"]
