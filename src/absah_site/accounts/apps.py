"""Registers the app."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People who sign in, and their roles."""

    name = "absah_site.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"
