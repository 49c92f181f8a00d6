"""Pages of people about their own data, and of those who look after it."""
