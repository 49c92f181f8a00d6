"""Registers the app."""

from django.apps import AppConfig


class AuditConfig(AppConfig):
    """The ledger: rows that are written with the fact and never change."""

    name = "absah_site.audit"
    label = "audit"
    default_auto_field = "django.db.models.BigAutoField"
