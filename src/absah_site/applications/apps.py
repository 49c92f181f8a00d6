"""Registers the app."""

from datetime import timedelta

from django.apps import AppConfig


class ApplicationsConfig(AppConfig):
    """Applications that speak to this instance, and the record of what they asked."""

    name = "absah_site.applications"
    label = "applications"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the job that follows what was passed on to the national service."""
        from absah_site.applications.actions import follow
        from absah_site.jobs.actions import Work, register_periodic

        def handle(_work: Work) -> str | None:
            changed = follow()
            return f"{changed} changed" if changed else None

        register_periodic("applications:follow", handle, every=timedelta(minutes=5))
