"""People who sign in."""

from django.contrib.auth.models import AbstractUser


class User(AbstractUser):
    """A person with an account. What this person may do follows from roles, never from `is_staff`."""
