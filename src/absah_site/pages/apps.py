"""Registers the app."""

from django.apps import AppConfig


class PagesConfig(AppConfig):
    """Home, health, static repository."""

    name = "absah_site.pages"
    label = "pages"
    default_auto_field = "django.db.models.BigAutoField"
