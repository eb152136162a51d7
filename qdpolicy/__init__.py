"""Wiring, and the pages that show several apps together."""
