"""Registers the app, and the one job it has itself."""

from django.apps import AppConfig


class JobsConfig(AppConfig):
    """Work that happens later, by itself."""

    name = "absah_site.jobs"
    label = "jobs"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.jobs.actions import register_own

        register_own()
