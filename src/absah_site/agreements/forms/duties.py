"""Duties: an occasion that is told, evidence that is shown, a step that is taken."""

from datetime import date
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.agreements.duties import EvidenceKind
from absah.agreements.evidence import Proof
from absah.kernel.messages import render
from absah_site.agreements.forms.fields import LONG
from absah_site.day_fields import DayField
from absah_site.language import current_language


class OccasionForm(forms.Form):
    """A request or an event that makes a duty due."""

    key = forms.RegexField(
        r"^[A-Za-z0-9][A-Za-z0-9._-]*$",
        label=_("Name"),
        max_length=60,
        help_text=_("A short name without spaces, for example the number of the letter: P-17-2026."),
    )
    on = DayField(label=_("Day"))


class StepForm(forms.Form):
    """The day of a step, and why: what is lacking, or the written basis of a waiver."""

    on = DayField(label=_("Day"))
    why = forms.CharField(label=_("Reason or basis"), required=False, max_length=LONG)


class SubmitForm(forms.Form):
    """What shows that a duty was done: for each kind of evidence a reference, and a file where there is one."""

    on = DayField(label=_("Day"))

    def __init__(self, proof: Proof, *args: Any, arrived: bool = False, **kwargs: Any) -> None:
        """What the duty still lacks must be filled in; what only a right asks for may be."""
        super().__init__(*args, **kwargs)
        self.kinds = tuple(sorted(proof.asked))
        for kind in self.kinds:
            name = render(f"agreements.evidence.{kind}", current_language())
            self.fields[f"reference-{kind}"] = forms.CharField(
                label=name,
                max_length=200,
                required=kind in proof.missing,
                help_text=_("Number or address under which it is found."),
            )
            self.fields[f"file-{kind}"] = forms.FileField(
                label=_("File: %(evidence)s") % {"evidence": name}, required=False
            )

        if arrived:
            self.fields["arrived"] = forms.BooleanField(
                label=_("Submit what the registers show, too"), required=False, initial=True
            )

    @property
    def takes_arrived(self) -> bool:
        """Whether what the registers show is part of the submission."""
        return bool(self.cleaned_data.get("arrived"))

    def pieces(self) -> tuple[tuple[EvidenceKind, str, Any], ...]:
        """What was filled in: kind, reference, and the uploaded file or None."""
        return tuple(
            (kind, self.cleaned_data[f"reference-{kind}"], self.cleaned_data[f"file-{kind}"])
            for kind in self.kinds
            if self.cleaned_data[f"reference-{kind}"]
        )

    @property
    def day(self) -> date:
        """The day of the submission."""
        found: date = self.cleaned_data["on"]
        return found
