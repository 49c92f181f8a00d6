"""Registers the app."""

from datetime import timedelta

from django.apps import AppConfig

from absah_site import departures, directory


class EnrolmentConfig(AppConfig):
    """Agencies, applicants and the steps to a certificate."""

    name = "absah_site.enrolment"
    label = "enrolment"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Tell the directory who finds people in the register."""
        from absah_site.enrolment import access

        directory.register("subscriber", access.contact_of)
        directory.register("user", access.contact_of_account)
        directory.register_reader("subscriber", access.reader_of)
        register_departures()
        register_jobs()


def register_departures() -> None:
    """What is in the way of closing an account, and what is given back with it."""
    from absah_site.enrolment.access.persons import certificates_in_the_way
    from absah_site.enrolment.actions import departing

    departures.register_looker(certificates_in_the_way)
    departures.register_hand_over("requests", departing.release_requests)
    departures.register_hand_over("appointments", departing.end_appointments)
    departures.register_hand_over("mandates", departing.end_mandates)


def register_jobs() -> None:
    """What enrolment does by itself."""
    from absah_site.enrolment import actions
    from absah_site.jobs.actions import register, register_periodic

    register("enrolment:import", actions.enter_list)
    register_periodic("enrolment:remind", lambda _work: str(actions.remind_of_ends()), every=timedelta(hours=24))
    register_periodic("enrolment:erase", lambda _work: str(actions.erase_old_pictures()), every=timedelta(hours=6))
    register_periodic("enrolment:renew", lambda _work: str(actions.finish_open_renewals()), every=timedelta(minutes=5))
