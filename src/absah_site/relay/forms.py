"""What a person brings who found the signed document elsewhere, and the word that gives a wish free."""

from django import forms
from django.utils.translation import gettext_lazy as _


class FoundForm(forms.Form):
    """The signed document."""

    document = forms.FileField(
        label=_("The signed document (PDF)"),
        help_text=_("It is verified before it is kept: the same document, one signature more, by this person."),
        widget=forms.FileInput(attrs={"accept": "application/pdf"}),
    )


class ReleaseForm(forms.Form):
    """Nobody presses this by accident."""

    sure = forms.BooleanField(
        label=_("I have made sure that no signed copy of this document is in use."),
    )
