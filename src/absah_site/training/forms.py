"""The forms of participants: being there, what they know, and what they thought of it."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.cases.attendance import QUESTIONS
from absah.cases.quiz import Quiz
from absah.kernel.messages import Language
from absah.workflow.parts import Person
from absah_site.language import current_language

#: Nothing is chosen beforehand: a mark that nobody gave would count.
_MARKS: Final = [("", "-"), *((str(mark), str(mark)) for mark in range(5, 0, -1))]
_LABELS: Final = {
    "material": _("The material"),
    "speaker": _("The speaker"),
    "use": _("Of use for my work"),
    "place": _("Place and equipment"),
}


class AttendForm(forms.Form):
    """Who is here. The name stands on the certificate as it is written."""

    name = forms.CharField(label=_("Name, as it shall stand on the certificate"), max_length=120)
    unit = forms.CharField(label=_("Work unit"), max_length=120)
    post = forms.CharField(label=_("Post"), max_length=120, required=False)


class QuizForm(forms.Form):
    """The questions of a test, none answered beforehand."""

    def __init__(self, quiz: Quiz, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        indonesian = current_language() is Language.INDONESIAN
        for number, question in enumerate(quiz.questions, start=1):
            words = question.text if indonesian else question.gloss
            answers = [(key, one.text if indonesian else one.gloss) for key, one in question.answers.items()]
            self.fields[question.key] = forms.ChoiceField(
                label=f"{number}. {words}", choices=answers, widget=forms.RadioSelect
            )


class EvaluationForm(forms.Form):
    """Marks from 1 to 5."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in QUESTIONS:
            self.fields[name] = forms.ChoiceField(
                label=_LABELS[name], choices=_MARKS, help_text=_("5 is best, 1 is worst.")
            )
        area = forms.Textarea(attrs={"rows": 3})
        self.fields["comment"] = forms.CharField(label=_("Comment"), max_length=1000, required=False, widget=area)

    @property
    def marks(self) -> tuple[int, ...]:
        """In the order of the questions."""
        return tuple(int(self.cleaned_data[name]) for name in QUESTIONS)


class SignerForm(forms.Form):
    """Who signs the certificates."""

    def __init__(self, people: tuple[Person, ...], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(str(one.account), f"{one.name}, {one.post}") for one in people]
        self.fields["signer"] = forms.ChoiceField(label=_("Who signs"), choices=choices)
