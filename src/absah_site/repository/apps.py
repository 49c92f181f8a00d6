"""Registers the app, and what it does by itself: deliver policies to agencies that joined after they were published."""

from datetime import timedelta

from django.apps import AppConfig


class RepositoryConfig(AppConfig):
    """What the certification body publishes."""

    name = "absah_site.repository"
    label = "repository"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        from absah_site.jobs.actions import register_periodic
        from absah_site.repository.actions import deliver_to_newcomers

        register_periodic("repository:deliver", deliver_to_newcomers, every=timedelta(hours=1))
