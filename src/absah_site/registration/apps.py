"""Registers the app."""

from datetime import timedelta

from django.apps import AppConfig


class RegistrationConfig(AppConfig):
    """The pages of registration. It has no tables: those are enrolment's."""

    name = "absah_site.registration"
    label = "registration"

    def ready(self) -> None:
        """What registration does by itself."""
        from absah_site.jobs.actions import register_periodic
        from absah_site.registration.actions import escalate_overdue

        register_periodic("registration:escalate", lambda _work: str(escalate_overdue()), every=timedelta(hours=1))
