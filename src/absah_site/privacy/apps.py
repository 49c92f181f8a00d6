"""Registers the app."""

from datetime import timedelta

from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    """Rights of people over their data."""

    name = "absah_site.privacy"
    label = "privacy"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the worker erase what is over, and tell people of a breach."""
        from absah_site.jobs.actions import register, register_periodic
        from absah_site.privacy import actions

        register_periodic("privacy:erase", actions.erase_what_is_over, every=timedelta(days=1))
        register("privacy:tell-breach", actions.carry_breach_notices, retries=8)
