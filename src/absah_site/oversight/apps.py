"""Registers the app."""

from django.apps import AppConfig


class OversightConfig(AppConfig):
    """What takes two people, and the pages of those who run the authority."""

    name = "absah_site.oversight"
    label = "oversight"
    default_auto_field = "django.db.models.BigAutoField"
