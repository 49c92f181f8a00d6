"""What those type who check and decide."""

from typing import Final

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.enrolment.identity_checks import BY_EYE, Matter
from absah.enrolment.request import LONGEST_REASON

REASONS: Final[dict[str, Promise]] = {
    "card": _("The picture of the identity card cannot be read"),
    "selfie": _("The selfie is not clear"),
    "face": _("The face is not that of the identity card"),
    "data": _("The data differ from the identity card"),
    "letter": _("The recommendation letter is missing or wrong"),
    "post": _("Post or unit is not right"),
    "other": _("Another reason, as written below"),
}


class DecisionForm(forms.Form):
    """What a verifikator or the registration authority decides."""

    compared = forms.MultipleChoiceField(choices=[(matter.value, matter.value) for matter in BY_EYE], required=False)
    reason = forms.ChoiceField(
        label=_("Reason, where it goes back or is rejected"),
        choices=[("", _("Choose")), *REASONS.items()],
        required=False,
    )
    note = forms.CharField(
        label=_("What exactly"),
        required=False,
        max_length=LONGEST_REASON - 100,
        help_text=_("The applicant reads this. No NIK, no passphrase."),
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def reasons(self) -> tuple[str, ...]:
        """The reason as the applicant reads it; nothing where none was chosen."""
        chosen, note = self.cleaned_data["reason"], self.cleaned_data["note"].strip()
        if chosen in {"", "other"}:
            return (note,) if note else ()
        return (f"{REASONS[chosen]}: {note}" if note else str(REASONS[chosen]),)

    @property
    def matters(self) -> frozenset[Matter]:
        """What was compared by eye."""
        return frozenset(map(Matter, self.cleaned_data["compared"]))


class RevealForm(forms.Form):
    """Why somebody wants to see a NIK."""

    purpose = forms.ChoiceField(
        label=_("Why"),
        choices=[
            ("card", _("To compare it with the identity card")),
            ("correct", _("To correct the entry")),
            ("answer", _("To answer the person")),
        ],
    )
