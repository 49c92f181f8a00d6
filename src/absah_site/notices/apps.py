"""Registers the app."""

from django.apps import AppConfig


class NoticesConfig(AppConfig):
    """Telling people, by mail and on their page."""

    name = "absah_site.notices"
    label = "notices"
    default_auto_field = "django.db.models.BigAutoField"
