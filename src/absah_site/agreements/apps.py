"""Registers the app."""

from datetime import timedelta

from django.apps import AppConfig


class AgreementsConfig(AppConfig):
    """The cooperation agreements of both parties, and everything that is recorded about them."""

    name = "absah_site.agreements"
    label = "agreements"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker remind everybody of what is due."""
        from absah_site.agreements.actions.telling import remind
        from absah_site.jobs.actions import register_periodic

        register_periodic("agreements:remind", remind, every=timedelta(hours=1))
