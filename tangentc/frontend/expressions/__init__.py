"""Operators, subscripts, and what can be run over."""
