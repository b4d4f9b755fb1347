"""Displays, operators, conditions, subscripts, and what can be run over."""
