"""Derivatives, one linear statement each."""
