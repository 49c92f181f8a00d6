"""Registers the app."""

from django.apps import AppConfig

from absah_site import directory


class EnrolmentConfig(AppConfig):
    """Agencies, applicants and the steps to a certificate."""

    name = "absah_site.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the directory who finds people in the register."""
        from absah_site.enrolment import access  # noqa: PLC0415  (models are loaded only now)

        directory.register("subscriber", access.contact_of)
        directory.register("user", access.contact_of_account)
