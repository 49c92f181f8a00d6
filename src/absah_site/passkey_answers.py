"""What a passkey answers, as a field of a form: filled in by the script of the page."""

from typing import Any, Final

from django import forms
from django.core.exceptions import ValidationError

_LONGEST: Final = 20_000  # characters; an answer with its attestation has a few thousand


class PasskeyAnswerField(forms.JSONField):
    """JSON (WebAuthn Level 3 §5.1), bounded: not deeper and not longer than any passkey writes.

    Whether it is an answer, and to which question, is for whoever asked.
    """

    def to_python(self, value: Any) -> Any:
        """What the JSON says; None for an empty field. Raises ValidationError."""
        if isinstance(value, str) and len(value) > _LONGEST:
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        try:
            return super().to_python(value)
        except (ValueError, RecursionError):  # brackets without end, numbers without end
            raise ValidationError(self.error_messages["invalid"], code="invalid") from None
