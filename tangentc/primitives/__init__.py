"""The elementary operations."""
