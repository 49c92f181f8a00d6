"""What people are told: kinds of notices, their words, and when a failed delivery is tried again."""
