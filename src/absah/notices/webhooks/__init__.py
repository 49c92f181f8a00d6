"""What other systems are told: events, the messages that carry them, and the secrets that prove who wrote them."""
