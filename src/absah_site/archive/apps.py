"""Registers the app, and what it does by itself: take in what is finished, renew what would soon not be provable."""

from datetime import timedelta

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Finished documents."""

    name = "absah_site.archive"
    label = "archive"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.archive.actions import renew_due, take_in
        from absah_site.jobs.actions import register_periodic

        register_periodic("archive:take-in", take_in, every=timedelta(minutes=1))
        register_periodic("archive:renew", renew_due, every=timedelta(hours=6))
