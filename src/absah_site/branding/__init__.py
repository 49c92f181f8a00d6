"""The logos of the agency and of the certification body: empty places that an operator fills."""
