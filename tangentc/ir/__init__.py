"""The trace of elementary operations."""
