"""The registration authority: people, agencies, and the steps from an applicant to a certificate. Pure."""
