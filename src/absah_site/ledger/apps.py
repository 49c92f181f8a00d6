"""Registers the app, what it has the worker do, and whom and what it has the courier bring."""

from django.apps import AppConfig

from absah_site import directory, enclosures


class LedgerConfig(AppConfig):
    """The log over the ledger's rows."""

    name = "absah_site.ledger"
    label = "ledger"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.ledger import access, actions

        actions.register_jobs()
        directory.register("counterpart", access.contact_of)
        enclosures.register("checkpoint", actions.enclosed_checkpoint)
        enclosures.register("evidence", actions.enclosed_evidence)
