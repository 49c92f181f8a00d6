"""Registers the app."""

from django.apps import AppConfig


class NationalConfig(AppConfig):
    """The connection to the national service."""

    name = "absah_site.national"
    label = "national"
    default_auto_field = "django.db.models.BigAutoField"
