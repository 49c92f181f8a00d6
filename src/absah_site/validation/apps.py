"""Registers the app."""

from django.apps import AppConfig


class ValidationConfig(AppConfig):
    """The public page that answers: is this document genuine?."""

    name = "absah_site.validation"
    label = "validation"
    default_auto_field = "django.db.models.BigAutoField"
