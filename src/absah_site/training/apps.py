"""Registers the app."""

from django.apps import AppConfig


class TrainingConfig(AppConfig):
    """Events: who was there, what they thought of it, and the certificates they get. Events themselves are cases."""

    name = "absah_site.training"
    label = "training"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let the steps of an event make its papers."""
        from absah_site.cases.access.counting import register_event_figures
        from absah_site.cases.actions.work import register_maker
        from absah_site.jobs.actions import register
        from absah_site.training import access
        from absah_site.training.actions import certificates, papers

        register_maker("invitation", papers.make_invitation)
        register_maker("assignment-letter", papers.make_assignment)
        register_maker("attendance-list", papers.make_attendance_list)
        register_maker("event-report", papers.make_report)
        register(certificates.JOB, certificates.carry_out)
        register_event_figures(access.event_figures)
