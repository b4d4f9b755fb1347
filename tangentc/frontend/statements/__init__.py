"""Statements: bindings, loops, exceptions, context managers, `match`."""
