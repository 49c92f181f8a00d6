"""What people ask about their data, and what officers answer and record."""

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.kernel.clock import JAKARTA
from absah.kernel.messages import Language, render
from absah.privacy.processing import processings
from absah.privacy.requests import Ground, Wish
from absah_site.day_fields import MomentField

_WISHES = (
    (Wish.ACCESS.value, _("See what is kept about me, and who looked at it")),
    (Wish.CORRECT.value, _("Correct what is wrong or out of date")),
    (Wish.STOP.value, _("Stop using my data (my certificate must be revoked first)")),
)


class AskForm(forms.Form):
    """A request of a data subject."""

    wish = forms.ChoiceField(label=_("What do you ask for?"), choices=_WISHES)
    words = forms.CharField(
        label=_("In your words"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("For a correction: what is written, and what is right."),
    )


class AnswerForm(forms.Form):
    """The answer of an officer."""

    decision = forms.ChoiceField(
        label=_("Answer"), choices=(("granted", _("Done as asked")), ("refused", _("Refused, on a ground of the law")))
    )
    ground = forms.ChoiceField(label=_("Ground, if refused"), required=False, choices=())
    words = forms.CharField(
        label=_("What was done, or why not"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=_("The person reads this."),
    )

    def __init__(self, given: object, /, *, language: Language) -> None:
        """Grounds in the reader's language."""
        super().__init__(given)  # type: ignore[arg-type]  # (a QueryDict, or None)
        grounds = [(one.value, render(f"privacy.ground.{one.value}", language)) for one in Ground]
        self.fields["ground"].choices = [("", "-"), *grounds]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, object]:
        """A refusal names its ground."""
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "refused" and not cleaned.get("ground"):
            self.add_error("ground", _("A refusal names its ground."))
        return cleaned


class BreachForm(forms.Form):
    """A failure to protect personal data."""

    agency = forms.ChoiceField(label=_("Whose data"), required=False, choices=())
    noticed_at = MomentField(
        label=_("Noticed"),
        input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"],
        help_text=_("Western Indonesian time; the clock of 3 x 24 hours starts here."),
    )
    kinds = forms.MultipleChoiceField(label=_("Which data"), widget=forms.CheckboxSelectMultiple, choices=())
    how = forms.CharField(
        label=_("When and how it happened"), max_length=4000, widget=forms.Textarea(attrs={"rows": 3})
    )
    handling = forms.CharField(
        label=_("What is done about it"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("People read both. Write what they can do themselves. No names, no numbers of people."),
    )

    def __init__(self, given: object, /, *, agencies: tuple[tuple[str, str], ...], language: Language) -> None:
        """Agencies of the officer; kinds of data in the reader's language."""
        super().__init__(given)  # type: ignore[arg-type]  # (a QueryDict, or None)
        self.fields["agency"].choices = agencies  # type: ignore[attr-defined]
        kinds = [(data.name.id, data.name.said(language)) for one in processings() for data in one.fields]
        self.fields["kinds"].choices = kinds  # type: ignore[attr-defined]

    def clean_noticed_at(self) -> object:
        """By the clock of Jakarta, whatever the machine's."""
        moment = self.cleaned_data["noticed_at"]
        return moment.astimezone(JAKARTA)


class AuthorityForm(forms.Form):
    """Under which number the authority was written to."""

    reference = forms.CharField(label=_("Number and date of the letter"), max_length=120)
