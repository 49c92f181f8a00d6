"""Agencies, subscribers, their requests and links. Columns and constraints; the rules are in `absah.enrolment`."""

from absah_site.enrolment.models.agencies import Agency, Appointment
from absah_site.enrolment.models.handling import Assignment, Escalation
from absah_site.enrolment.models.lists import ImportRow, PeopleImport
from absah_site.enrolment.models.people import Mandate, NameWord, Subscriber
from absah_site.enrolment.models.requests import ActivationAttempt, EnrolmentRequest, Evidence, Invitation, SentBack

__all__ = [
    "ActivationAttempt",
    "Agency",
    "Appointment",
    "Assignment",
    "EnrolmentRequest",
    "Escalation",
    "Evidence",
    "ImportRow",
    "Invitation",
    "Mandate",
    "NameWord",
    "PeopleImport",
    "SentBack",
    "Subscriber",
]
