"""Registers the app."""

from django.apps import AppConfig


class SealsConfig(AppConfig):
    """Seals of agencies."""

    name = "absah_site.seals"
    label = "seals"
    default_auto_field = "django.db.models.BigAutoField"
