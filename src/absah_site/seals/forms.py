"""What the registration authority says of a new seal."""

from django import forms
from django.utils.translation import gettext_lazy as _


class SealForm(forms.Form):
    """A seal of an agency."""

    agency = forms.ChoiceField(label=_("Agency"))
    name = forms.CharField(
        label=_("Name in the certificate"), max_length=64, help_text=_("For example the name of the service.")
    )

    def __init__(self, agencies: dict[str, str], *args: object, **options: object) -> None:
        super().__init__(*args, **options)  # type: ignore[arg-type]  # Django's own
        self.fields["agency"].choices = list(agencies.items())  # type: ignore[attr-defined]  # a ChoiceField
