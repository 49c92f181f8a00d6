"""Days and moments in forms, as browsers write them; years in which a person lives or an agreement runs.

Python counts days from year 1 to 9999, and every sum that leaves those years is a fault: what comes in stays far away
from both ends.
"""

from datetime import date, datetime
from typing import Any, Final, TypeVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

_FIRST_YEAR: Final = 1900
_LAST_YEAR: Final = 2199

_When = TypeVar("_When", date, datetime)


def is_likely(day: date, /) -> bool:
    """Whether a day is one that people write down."""
    return _FIRST_YEAR <= day.year <= _LAST_YEAR


def _likely(when: _When | None) -> _When | None:
    if when is not None and not is_likely(when):
        said = _("Write a year from %(first)d to %(last)d.") % {"first": _FIRST_YEAR, "last": _LAST_YEAR}
        raise ValidationError(said, code="invalid")
    return when


class DayField(forms.DateField):
    """A day."""

    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")

    def to_python(self, value: Any) -> date | None:
        """The day; None for an empty field. Raises ValidationError."""
        return _likely(super().to_python(value))


class MomentField(forms.DateTimeField):
    """A day and an hour, by the clock of Jakarta."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def to_python(self, value: Any) -> datetime | None:
        """The moment; None for an empty field. Raises ValidationError."""
        return _likely(super().to_python(value))
