"""The only writers of attendance, and the makers of what an event leaves on paper."""
