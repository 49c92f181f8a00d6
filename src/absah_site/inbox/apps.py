"""Registers the app."""

from django.apps import AppConfig


class InboxConfig(AppConfig):
    """The page of notices."""

    name = "absah_site.inbox"
    label = "inbox"
    default_auto_field = "django.db.models.BigAutoField"
