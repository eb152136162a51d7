"""Reporting rounds: who owes what until when, what is late, and why a promise is behind."""
