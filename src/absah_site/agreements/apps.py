"""Registers the app."""

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """The cooperation agreements of both parties, and everything that is recorded about them."""

    name = "absah_site.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"
