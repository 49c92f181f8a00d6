"""Registers the app, and the job that finishes what was authorised."""

from django.apps import AppConfig


class DeskConfig(AppConfig):
    """Many documents signed by one act."""

    name = "absah_site.desk"
    label = "desk"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.desk.actions import finish_bundle
        from absah_site.jobs.actions import register

        register("desk:finish", finish_bundle, retries=6)
