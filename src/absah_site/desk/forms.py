"""What a leader says and shows over many documents."""

from django import forms
from django.utils.translation import gettext_lazy as _

from absah_site.dossiers.forms.signing import ElsewhereFactors, FactorsForm


class AuthoriseForm(FactorsForm):
    """The affirmation over the list, and both factors."""

    has_read = forms.BooleanField(label=_("I have read these documents."), required=False)
    agrees = forms.BooleanField(label=_("I agree to all of them and sign them on behalf of my post."), required=False)


class ElsewhereAuthoriseForm(ElsewhereFactors, AuthoriseForm):
    """The affirmation over the list, and what the national service is shown with each document."""
