"""A new agreement: the model or the agreement to copy, the day, and each party with who signs for it."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.agreements.model_toml import load_model, model_names
from absah.agreements.parties import Contact, DatedName, Parties, Party, Role
from absah.kernel.messages import Language
from absah_site.agreements.forms.steps import RepresentativeForm
from absah_site.day_fields import DayField
from absah_site.language import current_language
from absah_site.signing.forms import KeyForm

#: The anchors that the two agreements we know use.
ANCHORS = {Role.FIRST: "$", Role.SECOND: "#"}


class DraftForm(forms.Form):
    """What both parties share."""

    begins_with = forms.ChoiceField(label=_("Begins with"))
    agency = forms.ChoiceField(label=_("Agency that is the first party"), required=False)
    on = DayField(label=_("Day written on the agreement"))
    stated_day = DayField(
        label=_("In force from"), required=False, help_text=_("Only where the text names a day other than the signing.")
    )
    issuer = forms.CharField(label=_("Unit that issues the certificates"), max_length=200)

    def __init__(
        self,
        *args: Any,
        agencies: tuple[tuple[str, str], ...],
        copies: tuple[tuple[str, str], ...],
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        indonesian = current_language() is Language.INDONESIAN
        models = [(name, load_model(name)) for name in model_names()]
        titles = [(f"model:{name}", model.title if indonesian else model.gloss) for name, model in models]
        _choose(self.fields["begins_with"], [*titles, *((f"copy:{key}", title) for key, title in copies)])
        _choose(self.fields["agency"], list(agencies))


def _choose(field: forms.Field, choices: list[tuple[str, str]]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


class PartyForm(RepresentativeForm):
    """One side: what it is called, where it sits, its number for the agreement, its letters, and who signs."""

    party = forms.CharField(label=_("Name of the party"), max_length=200)
    seat = forms.CharField(label=_("Seat"), max_length=300)
    number = forms.CharField(label=_("Number of the agreement at this party"), max_length=120)
    anchor = forms.CharField(
        label=_("Anchor"), max_length=1, help_text=_("The character under the signature block, such as $ or #.")
    )
    contact_unit = forms.CharField(label=_("Letters go to (unit)"), max_length=200)
    contact_address = forms.CharField(label=_("Letters go to (address)"), max_length=300)
    contact_email = forms.EmailField(label=_("Letters go to (e-mail)"), required=False)
    field_order = ("party", "seat", "number", "anchor", "name", "titled", "post", "on")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["on"].label = _("May sign since")

    def value(self, role: Role, /) -> Party:
        """The party."""
        data = self.cleaned_data
        since: date = data["on"]
        return Party(
            role=role,
            names=(DatedName(name=data["party"], since=since),),
            seat=data["seat"],
            number=data["number"],
            anchor=data["anchor"],
            representatives=(self.representative(since),),
            contact=Contact(unit=data["contact_unit"], address=data["contact_address"], email=data["contact_email"]),
        )


def parties_of(first: PartyForm, second: PartyForm, /) -> Parties:
    """Both parties from two valid forms. Raises what the parties themselves refuse."""
    return Parties(first=first.value(Role.FIRST), second=second.value(Role.SECOND))


class SignHereForm(KeyForm):
    """The factors that open the own key, and the word."""

    agreed = forms.BooleanField(label=_("I have read the agreement to its last page and agree to it."))


class HandInForm(forms.Form):
    """A file that was signed with another program."""

    file = forms.FileField(label=_("Signed PDF"))


class AdoptForm(forms.Form):
    """An agreement that both parties signed before it came here."""

    file = forms.FileField(label=_("Signed PDF or scan as PDF"))
    signed_on = DayField(label=_("Day of the last signature"))
