"""An addendum: its numbers, its day, and a row for each change."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.agreements.agreement import Agreement
from absah.agreements.amendments import Add, Addendum, Change, Delete, Reword, SetAside
from absah.agreements.clauses import Clause, ClauseKind, ClauseRef, parse_clause
from absah.agreements.duties import Continuous, Duty, DutyCode, EvidenceKind, OnRequest, Periodic, Trigger
from absah.agreements.model import AmendmentKind
from absah.agreements.parties import Role
from absah.agreements.reckoning import Limit, Origin, Unit
from absah.kernel.errors import AbsahError
from absah.kernel.messages import explain, render
from absah_site.agreements.forms.fields import LONG, reason_field
from absah_site.day_fields import DayField
from absah_site.language import current_language

#: So many rows an addendum begins with, and has at most.
ROWS, MOST_ROWS = 3, 30
#: A periodic duty of an addendum is due so many days after its year: a habit of the house, as for reports.
_WITHIN: Final = 31


class AddendumForm(forms.Form):
    """What both parties register it under, and from when it holds."""

    first_number = forms.CharField(label=_("Number at the first party"), max_length=120)
    second_number = forms.CharField(label=_("Number at the second party"), max_length=120)
    effective_on = DayField(label=_("Takes effect on"))


class SignedElsewhereForm(forms.Form):
    """The file and the day of an addendum that both have signed already; both empty for a new one."""

    file = forms.FileField(label=_("Signed PDF or scan (PDF)"), required=False)
    signed_on = DayField(label=_("Signed on"), required=False)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if cleaned.get("file") and not cleaned.get("signed_on"):
            self.add_error("signed_on", _("On which day did the second party sign?"))
        if cleaned.get("signed_on") and not cleaned.get("file"):
            self.add_error("file", _("Which file shows the signatures?"))
        return cleaned


class ChangeForm(forms.Form):
    """One change. An empty row is no change."""

    kind = forms.ChoiceField(label=_("What happens"), required=False)
    clause = forms.CharField(label=_("Clause"), max_length=60, required=False, help_text=_("For example 4(2)g."))
    text = forms.CharField(
        label=_("Words"), max_length=LONG, required=False, widget=forms.Textarea(attrs={"rows": 3, "lang": "id"})
    )
    gloss = forms.CharField(label=_("What it means in English"), max_length=LONG, required=False)
    bearer = forms.ChoiceField(label=_("Makes a duty of"), required=False)
    trigger = forms.ChoiceField(
        label=_("When it is due"),
        required=False,
        choices=[
            ("on-request", _("When the other party asks")),
            ("periodic", _("Once a year")),
            ("continuous", _("All the time")),
        ],
    )
    evidence = forms.ChoiceField(label=_("What shows that it is done"), required=False)

    def __init__(self, *args: Any, allowed: frozenset[AmendmentKind], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        language = current_language()
        kinds = [(kind.value, render(f"agreements.amendment.{kind}", language)) for kind in AmendmentKind]
        _choose(self.fields["kind"], [("", "-"), *(each for each in kinds if AmendmentKind(each[0]) in allowed)])
        parties = [(role.value, render(f"agreements.party.{role}", language)) for role in Role]
        _choose(self.fields["bearer"], [("", _("No duty")), *parties, ("both", _("Both parties"))])
        proofs = [(kind.value, render(f"agreements.evidence.{kind}", language)) for kind in EvidenceKind]
        _choose(self.fields["evidence"], proofs)

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or {}
        if not cleaned.get("kind"):
            return cleaned
        try:
            cleaned["ref"] = parse_clause(cleaned.get("clause", ""))
        except AbsahError as error:
            self.add_error("clause", explain(error, current_language()).cause)
        worded = {AmendmentKind.ADD, AmendmentKind.CHANGE, AmendmentKind.RENEW}
        if cleaned["kind"] in worded and not cleaned.get("text"):
            self.add_error("text", _("What shall stand there?"))
        return cleaned

    def change(self, agreement: Agreement, code: str, /) -> Change | None:
        """The change of a valid row; None for an empty one. `code` is what a new duty goes by."""
        data = self.cleaned_data
        if not data.get("kind"):
            return None
        ref: ClauseRef = data["ref"]
        gloss = data["gloss"] or data["text"]
        match AmendmentKind(data["kind"]):
            case AmendmentKind.ADD:
                return self._added(agreement, ref, gloss, DutyCode(code))
            case AmendmentKind.DELETE:
                return Delete(ref=ref)
            case AmendmentKind.SET_ASIDE:
                return SetAside(ref=ref)
            case kind:
                return Reword(ref=ref, text=data["text"], gloss=gloss, renews=kind is AmendmentKind.RENEW)

    def _added(self, agreement: Agreement, ref: ClauseRef, gloss: str, code: DutyCode) -> Add:
        data = self.cleaned_data
        if not data["bearer"]:
            beside = [each.kind for each in agreement.model.text.clauses if each.ref.pasal == ref.pasal]
            kind = beside[-1] if beside else ClauseKind.PURPOSE
            return Add(clause=Clause(ref=ref, kind=kind, text=data["text"], gloss=gloss))
        duty = Duty(
            code=code,
            clause=ref,
            bearers=frozenset(Role) if data["bearer"] == "both" else frozenset({Role(data["bearer"])}),
            text=data["text"],
            gloss=gloss,
            trigger=_trigger(data["trigger"], ref),
            evidence=frozenset({EvidenceKind(data["evidence"])}),
        )
        clause = Clause(ref=ref, kind=ClauseKind.DUTY, text=data["text"], gloss=gloss, code=code)
        return Add(clause=clause, duty=duty)


def _trigger(word: str, ref: ClauseRef, /) -> Trigger:
    if word == "periodic":
        limit = Limit(amount=_WITHIN, unit=Unit.CALENDAR_DAYS, origin=Origin.HOUSE, clause=ref)
        return Periodic(limit=limit)
    return Continuous() if word == "continuous" else OnRequest(limit=None)


def _choose(field: forms.Field, choices: list[Any]) -> None:
    if isinstance(field, forms.ChoiceField):
        field.choices = choices


def addendum_value(
    agreement: Agreement, number: int, form: AddendumForm, rows: "forms.BaseFormSet[ChangeForm]", /
) -> Addendum:
    """The addendum of valid forms, the `number`th of its agreement. Raises AmendmentEmpty."""
    made = (row.change(agreement, f"AD{number}-{place}") for place, row in enumerate(rows, 1))
    return Addendum(**form.cleaned_data, changes=tuple(change for change in made if change is not None))


class WithdrawForm(forms.Form):
    """Why an addendum will not be signed."""

    reason = reason_field()
