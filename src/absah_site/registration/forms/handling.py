"""What those type who see to it that requests move."""

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.enrolment.request import LONGEST_REASON
from absah_site.actors import Account


class HelpForm(forms.Form):
    """Why a request does not move."""

    reason = forms.CharField(
        label=_("What keeps you from deciding"),
        max_length=LONGEST_REASON,
        help_text=_("The coordinator reads this. No NIK, no passphrase."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class GiveBackForm(forms.Form):
    """Why an officer gives a request back to all."""

    reason = forms.CharField(label=_("Why"), max_length=LONGEST_REASON, widget=forms.Textarea(attrs={"rows": 2}))


class AssignmentForm(forms.Form):
    """To whom a request is given, and why. `seen` is who had it when the page was opened."""

    officer = forms.ChoiceField(label=_("Give it to"), required=False)
    reason = forms.CharField(
        label=_("Why"),
        max_length=LONGEST_REASON,
        help_text=_("Both officers read this. No NIK, no passphrase."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    seen = forms.UUIDField(required=False, widget=forms.HiddenInput)

    def __init__(self, given: object, /, *, eligible: tuple[Account, ...], taken: bool, seen: str) -> None:
        """Those who may decide it; and nobody in particular, where somebody has it."""
        super().__init__(given, initial={"seen": seen})  # type: ignore[arg-type]  # (a QueryDict or None)
        everybody = [("", _("nobody: it lies open for all"))] if taken else []
        officers = [(str(one.public_id), one.display_name) for one in eligible]
        self.fields["officer"].choices = [*everybody, *officers]  # type: ignore[attr-defined]
        self.fields["officer"].required = not taken
