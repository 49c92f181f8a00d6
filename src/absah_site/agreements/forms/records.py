"""Forms for the registers, made from the values themselves: a field of the value is a field of the form.

Words are in the catalogue: `agreements.field.NAME` for a label, `agreements.value.WORD` for a choice.
"""

from collections.abc import Callable, Mapping
from dataclasses import MISSING, Field, dataclass, fields, is_dataclass
from datetime import date, datetime
from enum import StrEnum
from types import NoneType
from typing import Any, Final, get_args, get_origin, get_type_hints

from django import forms
from django.core.exceptions import ValidationError

from absah.agreements.clauses import ClauseRef, parse_clause
from absah.agreements.duties import DutyCode, OnRequest
from absah.agreements.model import AgreementModel
from absah.agreements.parties import Role
from absah.agreements.records.intellectual_property import Contribution
from absah.kernel.clock import Instant, instant
from absah.kernel.errors import AbsahError
from absah.kernel.messages import Language, explain, render
from absah_site.agreements.forms.fields import LONG
from absah_site.day_fields import DayField, MomentField
from absah_site.language import current_language

#: Fields in which people write sentences.
_LONG_ONES: Final = frozenset({"text", "what", "outlook", "need", "description"})


@dataclass(frozen=True, slots=True)
class _Shape:
    """How a type is asked for, and how what was typed becomes its value."""

    field: Callable[[str, bool], forms.Field]
    value: Callable[[Any], Any] = lambda typed: typed


class RecordForm(forms.Form):
    """The form of one value. `data_of` gives its fields as values."""

    def __init__(
        self, kind: type[Any], model: AgreementModel, skipped: frozenset[str], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self._kind = kind
        self._skipped = skipped
        self._shapes = _shapes(model)
        for name, hint, needed in _asked(kind, skipped):
            self._add(name, hint, needed=needed)

    def _add(self, name: str, hint: Any, *, needed: bool) -> None:
        if is_dataclass(hint) and hint not in self._shapes:
            for inner, inner_hint, inner_needed in _asked(hint, frozenset()):
                self._add(f"{name}-{inner}", inner_hint, needed=needed and inner_needed)
        elif hint == tuple[Contribution, ...]:
            for role in Role:
                self.fields[f"{name}-{role}"] = self._shapes[str].field(f"{name}-{role}", False)  # noqa: FBT003
        else:
            self.fields[name] = _shape(self._shapes, hint).field(name, needed)

    def data_of(self) -> Mapping[str, Any]:
        """What was typed, as values of the fields."""
        return {name: self._read(name, hint) for name, hint, _ in _asked(self._kind, self._skipped)}

    def _read(self, name: str, hint: Any) -> Any:
        if is_dataclass(hint) and hint not in self._shapes:
            inside = {inner: self._read(f"{name}-{inner}", kind) for inner, kind, _ in _asked(hint, frozenset())}
            return hint(**inside)  # type: ignore[operator]  # a class, not an instance
        if hint == tuple[Contribution, ...]:
            typed = [(role, self.cleaned_data[f"{name}-{role}"]) for role in Role]
            return tuple(Contribution(by=role, what=what) for role, what in typed if what)
        typed_value = self.cleaned_data[name]
        return (
            None
            if typed_value in {None, ""} and NoneType in get_args(hint)
            else _shape(self._shapes, hint).value(typed_value)
        )


def _asked(kind: Any, skipped: frozenset[str]) -> list[tuple[str, Any, bool]]:
    """The fields of a value that a person fills in: name, type, and whether it is needed."""
    hints = get_type_hints(kind)
    return [(one.name, hints[one.name], _needed(one)) for one in fields(kind) if one.name not in skipped]


def _needed(one: Field[Any]) -> bool:
    return one.default is MISSING and one.default_factory is MISSING


def _label(name: str) -> str:
    return render(f"agreements.field.{name.replace('_', '-')}", current_language())


def _shapes(model: AgreementModel) -> dict[Any, _Shape]:
    requests = [duty for duty in model.duties if isinstance(duty.trigger, OnRequest)]
    indonesian = current_language() is Language.INDONESIAN
    duties = [(duty.code, f"{duty.code}: {duty.text if indonesian else duty.gloss}"[:90]) for duty in requests]
    return {
        str: _Shape(_text),
        bool: _Shape(lambda name, _needed: forms.BooleanField(label=_label(name), required=False)),
        int: _Shape(lambda name, needed: forms.IntegerField(label=_label(name), required=needed, min_value=0)),
        date: _Shape(lambda name, needed: DayField(label=_label(name), required=needed)),
        datetime: _Shape(lambda name, needed: MomentField(label=_label(name), required=needed), instant),
        ClauseRef: _Shape(_clause_field, parse_clause),
        tuple[str, ...]: _Shape(
            lambda name, needed: _text(name, needed, long=True),
            lambda typed: tuple(line.strip() for line in typed.splitlines() if line.strip()),
        ),
        DutyCode: _Shape(
            lambda name, needed: forms.ChoiceField(label=_label(name), required=needed, choices=duties), DutyCode
        ),
    }


def _text(name: str, needed: bool, *, long: bool = False) -> forms.Field:  # noqa: FBT001  (as the table asks)
    if long or name in _LONG_ONES:
        area = forms.Textarea(attrs={"rows": 3})
        return forms.CharField(label=_label(name), required=needed, max_length=LONG, widget=area)
    return forms.CharField(label=_label(name), required=needed, max_length=300)


def _clause_field(name: str, needed: bool) -> forms.Field:  # noqa: FBT001  (as the table asks)
    return forms.CharField(label=_label(name), required=needed, max_length=60, validators=[_clause])


def _clause(typed: str) -> None:
    try:
        parse_clause(typed)
    except AbsahError as error:
        raise ValidationError(explain(error, current_language()).cause) from None


def _shape(shapes: Mapping[Any, _Shape], hint: Any) -> _Shape:
    """The shape of a type; of an optional one, that of what it may hold."""
    if hint is Instant:
        return shapes[datetime]
    if hint in shapes:
        return shapes[hint]
    if NoneType in get_args(hint):
        (inner,) = (each for each in get_args(hint) if each is not NoneType)
        return _shape(shapes, inner)
    if get_origin(hint) is None and issubclass(hint, StrEnum):
        return _choice(hint)
    raise TypeError(f"no form asks for {hint}")


def _choice(kind: type[StrEnum]) -> _Shape:
    def field(name: str, needed: bool) -> forms.Field:  # noqa: FBT001  (as the table asks)
        words = [(each.value, render(f"agreements.value.{each.value}", current_language())) for each in kind]
        return forms.ChoiceField(label=_label(name), required=needed, choices=words)

    return _Shape(field, kind)
