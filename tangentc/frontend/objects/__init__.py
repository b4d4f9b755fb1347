"""Instances, attributes, lists and dicts."""
