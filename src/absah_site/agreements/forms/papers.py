"""Who gets a paper, and on what ground."""

from django import forms
from django.utils.translation import gettext_lazy as _


class DiscloseForm(forms.Form):
    """Somebody outside both parties. Needs the other party's written consent on record, or a law."""

    recipient = forms.CharField(label=_("Recipient"), max_length=200)
    law = forms.CharField(
        label=_("Law that demands it"),
        max_length=200,
        required=False,
        help_text=_("Empty: the other party's written consent is on record for this paper and this recipient."),
    )
