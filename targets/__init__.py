"""Promises: policy documents, targets, progress."""
