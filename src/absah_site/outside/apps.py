"""Registers the app."""

from datetime import timedelta

from django.apps import AppConfig


class OutsideConfig(AppConfig):
    """Certificates issued elsewhere."""

    name = "absah_site.outside"
    label = "outside"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Register the jobs."""
        from absah_site.jobs.actions import register, register_periodic
        from absah_site.outside import actions

        register("outside:enter", actions.enter_list)
        register_periodic("outside:look", actions.look, every=timedelta(minutes=5))
        register_periodic("outside:remind", lambda _work: str(actions.remind_of_ends()), every=timedelta(hours=24))
