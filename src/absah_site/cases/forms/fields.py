"""A form for the fields that a step of a kind asks for."""

from collections.abc import Callable
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _

from absah.cases.kind import CaseField, CaseKind, FieldKind, StepFields
from absah.kernel.messages import Language
from absah_site.cases.forms.rows import RowsField
from absah_site.day_fields import DayField
from absah_site.language import current_language

_TEXT: Final = 8_000


class StepForm(forms.Form):
    """The fields of one step. `values` are what was written, as the engine takes them."""

    def __init__(self, kind: CaseKind, asked: StepFields, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in asked.names:
            self.fields[name] = _field(kind.fields[name], needed=name in asked.asks)

    @property
    def values(self) -> dict[str, str]:
        """What was written."""
        return {name: str(value) for name, value in self.cleaned_data.items() if value not in {None, ""}}


class OpenForm(StepForm):
    """The fields of a new case, its subject first, and a file."""

    subject = forms.CharField(label=_("Subject"), max_length=300)
    file = forms.FileField(label=_("File"), required=False, help_text=_("A signed PDF is verified, its report added."))

    @property
    def values(self) -> dict[str, str]:
        return {name: value for name, value in super().values.items() if name not in {"subject", "file"}}


class NoteForm(forms.Form):
    """Something said in a case."""

    text = forms.CharField(label=_("Note"), max_length=_TEXT, widget=forms.Textarea(attrs={"rows": 3}))
    internal = forms.BooleanField(label=_("For our own people only"), required=False)


class PaperForm(forms.Form):
    """A file for a case."""

    file = forms.FileField(label=_("File"))


def _field(field: CaseField, *, needed: bool) -> forms.Field:
    indonesian = current_language() is Language.INDONESIAN
    label = field.text if indonesian else field.gloss
    words = [(each.key, each.text if indonesian else each.gloss) for each in field.choices]
    moment = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")
    area = forms.Textarea(attrs={"rows": 4})
    makers: dict[FieldKind, Callable[[], forms.Field]] = {
        FieldKind.CHOICE: lambda: forms.ChoiceField(
            label=label, required=needed, choices=words if needed else [("", "-"), *words]
        ),
        FieldKind.DAY: lambda: DayField(label=label, required=needed),
        FieldKind.MOMENT: lambda: forms.CharField(label=label, required=needed, max_length=16, widget=moment),
        FieldKind.NUMBER: lambda: forms.IntegerField(label=label, required=needed, min_value=0),
        FieldKind.ROWS: lambda: RowsField(field, required=needed, label=label),
        FieldKind.TEXT: lambda: forms.CharField(label=label, required=needed, max_length=_TEXT, widget=area),
        FieldKind.LINE: lambda: forms.CharField(label=label, required=needed, max_length=300),
    }
    return makers[field.kind]()
