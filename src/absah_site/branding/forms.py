"""What is sent to change a logo."""

from django import forms
from django.utils.translation import gettext_lazy as _


class LogoForm(forms.Form):
    """A picture."""

    picture = forms.FileField(
        label=_("Picture (PNG, JPEG or WebP)"),
        widget=forms.ClearableFileInput(attrs={"accept": "image/png,image/jpeg,image/webp"}),
    )
