"""Certificates issued elsewhere: who holds which, how they stand, and when that was last seen.

For an agency whose certificates come from the national body. The people are those of `absah_site.enrolment`, where
their NIK rests sealed; here they are their opaque numbers.
"""
