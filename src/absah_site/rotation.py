"""What a system proves itself with (a password, a secret) is exchanged without a gap: the old one goes on for a while.

One rule for every room that hands out such a thing: what can be chosen, when the old one ends, and that a choice which
nobody was offered changes nothing. `parts/rotation.html` shows what was drawn so far, and the form.
"""

from datetime import timedelta
from enum import IntEnum
from typing import Final, Self

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from absah.kernel.clock import Instant, instant
from absah.kernel.errors import BadInput


class OverlapUnknown(BadInput):
    """Nobody was offered such a time for which the old one goes on."""

    code = "rotation.overlap-unknown"


class Overlap(IntEnum):
    """For how many days the old one goes on beside the new one."""

    NONE = 0
    DAY = 1
    WEEK = 7
    MONTH = 30

    @classmethod
    def chosen(cls, text: str, /) -> Self:
        """What a form sent. Raises OverlapUnknown."""
        known = {str(one.value): one for one in cls}
        if text not in known:
            raise OverlapUnknown
        return known[text]

    def end(self, now: Instant, /) -> Instant:
        """When the old one ends, at the latest."""
        return instant(now + timedelta(days=self.value))


_WORDS: Final[dict[Overlap, Promise]] = {
    Overlap.NONE: _("not a moment longer"),
    Overlap.DAY: _("one more day"),
    Overlap.WEEK: _("seven more days"),
    Overlap.MONTH: _("thirty more days"),
}


class OverlapForm(forms.Form):
    """How long the old one goes on; the label says what that means in a room."""

    overlap = forms.ChoiceField(
        choices=[(str(one.value), words) for one, words in _WORDS.items()], initial=str(Overlap.WEEK.value)
    )

    def __init__(self, label: str, /) -> None:
        super().__init__()
        self.fields["overlap"].label = label
