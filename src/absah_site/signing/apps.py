"""Registers the app."""

from django.apps import AppConfig


class SigningConfig(AppConfig):
    """What was signed, by whom, with which consent."""

    name = "absah_site.signing"
    label = "signing"
    default_auto_field = "django.db.models.BigAutoField"
