"""By what authority somebody signs beside the own post."""

from uuid import UUID

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from absah.enrolment.mandate import Mandate, MandateKind
from absah_site.day_fields import DayField

_KINDS = {
    MandateKind.ON_BEHALF: _("a.n. (on behalf of)"),
    MandateKind.FOR_THEM: _("u.b. (one step further down)"),
    MandateKind.ACTING: _("Plt. (the post is vacant)"),
    MandateKind.ACTING_DAILY: _("Plh. (its holder is away)"),
}


class MandateForm(forms.Form):
    """One mandate, of one of the agency's people."""

    person = forms.ChoiceField(label=_("Who signs"), choices=())
    kind = forms.ChoiceField(label=_("As"), choices=[(one.value, words) for one, words in _KINDS.items()])
    post = forms.CharField(
        label=_("Post"),
        max_length=120,
        help_text=_("For a.n. and u.b. the post that is signed for; for Plt. and Plh. the post that is held."),
    )
    through = forms.CharField(
        label=_("Post between"),
        max_length=120,
        required=False,
        help_text=_("Only for u.b.: the post a.n. passes through."),
    )
    decree = forms.CharField(label=_("Number of the decree or letter"), max_length=120)
    since = DayField(label=_("From"))
    until = DayField(
        label=_("Until and including"), required=False, help_text=_("Plt. and Plh. always have a last day.")
    )

    def __init__(self, given: QueryDict | None, /, *, people: dict[UUID, str]) -> None:
        """The people of the agency."""
        super().__init__(given)
        named = [(str(one), name) for one, name in people.items()]
        self.fields["person"].choices = named  # type: ignore[attr-defined]  # a field with choices

    def mandate(self) -> Mandate:
        """The mandate. Raises MandateUnlawful."""
        data = self.cleaned_data
        return Mandate(
            kind=MandateKind(data["kind"]),
            post=data["post"].strip(),
            through=data["through"].strip(),
            decree=data["decree"].strip(),
            since=data["since"],
            until=data["until"],
        )
