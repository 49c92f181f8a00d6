"""Registers the app."""

from django.apps import AppConfig


class CasesConfig(AppConfig):
    """The work that fulfils duties: tickets, reports, assessments, letters. One engine, many kinds."""

    name = "absah_site.cases"
    label = "cases"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """Let what cases prove show itself at the duties of their agreement."""
        from absah_site.agreements.access import register_port
        from absah_site.cases.access import CasePort

        register_port(CasePort)
        from absah_site.cases.actions.reports import REPORT_JOB, carry_out_report
        from absah_site.cases.actions.visits import VISIT_JOB, carry_out_visits
        from absah_site.jobs.actions import register

        register(VISIT_JOB, carry_out_visits, retries=1)
        register(REPORT_JOB, carry_out_report)
        from absah_site import return_addresses
        from absah_site.cases.access.replies import tag_for

        return_addresses.register(tag_for)
