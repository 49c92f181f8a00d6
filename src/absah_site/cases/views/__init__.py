"""The pages of cases: their list, a new one, and one on its way."""
