"""Registers the app, and what it has the worker do."""

from django.apps import AppConfig


class LedgerConfig(AppConfig):
    """The log over the ledger's rows."""

    name = "absah_site.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.ledger.actions import register_jobs  # noqa: PLC0415  (tables are there only now)

        register_jobs()
