"""Registers the app, and the jobs that carry its events."""

from django.apps import AppConfig


class WebhooksConfig(AppConfig):
    """Telling other systems."""

    name = "absah_site.webhooks"
    label = "webhooks"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.webhooks.actions import register_jobs

        register_jobs()
