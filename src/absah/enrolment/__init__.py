"""The registration authority: who applies, who checks, who decides, and what the person agrees to.

From a verifikator's entry to an activated credential a request walks through one class per state
(`absah.enrolment.request`); nobody decides on his own request or on one he entered (`absah.enrolment.decision`).
"""
