"""Registers the app."""

from datetime import timedelta

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
        directory.register_reader("subscriber", access.reader_of)
        register_jobs()


def register_jobs() -> None:
    """What enrolment does by itself."""
    from absah_site.enrolment import actions  # noqa: PLC0415  (models are loaded only now)
    from absah_site.jobs.actions import register, register_periodic  # noqa: PLC0415

    register("enrolment:import", actions.enter_list)
    register_periodic("enrolment:remind", lambda _work: str(actions.remind_of_ends()), every=timedelta(hours=24))
    register_periodic("enrolment:erase", lambda _work: str(actions.erase_old_pictures()), every=timedelta(hours=6))
    register_periodic("enrolment:renew", lambda _work: str(actions.finish_open_renewals()), every=timedelta(minutes=5))
