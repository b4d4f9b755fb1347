# mypy: ignore-errors
"""What the compiler's own library asks of the frontend (`frontend/library_requests.py`)."""

__all__: list[str] = []


def array_like(value):
    """A list or tuple of numbers as the array that NumPy makes of it."""
    raise NotImplementedError


def refuse(message):
    """An error of the compiler at the user's call."""
    raise NotImplementedError
