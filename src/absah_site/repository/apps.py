"""Registers the app."""

from django.apps import AppConfig


class RepositoryConfig(AppConfig):
    """What the certification body publishes."""

    name = "absah_site.repository"
    label = "repository"
    default_auto_field = "django.db.models.BigAutoField"
