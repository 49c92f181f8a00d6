"""Registers the app."""

from datetime import timedelta

from django.apps import AppConfig


class RelayConfig(AppConfig):
    """Signatures asked of the national service."""

    name = "absah_site.relay"
    label = "relay"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the job that ends what dead processes left."""
        from absah_site.jobs.actions import register_periodic
        from absah_site.relay.actions import reconcile

        register_periodic("relay:reconcile", reconcile, every=timedelta(minutes=2))
