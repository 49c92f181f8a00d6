"""Registers the app."""

from django.apps import AppConfig


class ReceiversConfig(AppConfig):
    """Pages about webhooks."""

    name = "absah_site.receivers"
    label = "receivers"
    default_auto_field = "django.db.models.BigAutoField"
