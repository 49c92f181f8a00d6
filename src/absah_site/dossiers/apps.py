"""Registers the app."""

from django.apps import AppConfig


class DossiersConfig(AppConfig):
    """Documents on their way through the people who sign them."""

    name = "absah_site.dossiers"
    label = "dossiers"
    default_auto_field = "django.db.models.BigAutoField"
