"""Registers the app."""

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """Applications that speak to this instance, and the record of what they asked."""

    name = "absah_site.applications"
    label = "applications"
    default_auto_field = "django.db.models.BigAutoField"
