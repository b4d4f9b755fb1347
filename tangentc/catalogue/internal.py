"""TC9: mistakes of the compiler itself."""

from __future__ import annotations

from tangentc.catalogue.entry import Entry, entry

__all__ = ["ENTRIES"]

ENTRIES: dict[str, Entry] = {
    "TC900": entry(
        "A broken trace",
        "A stage of the compiler made a trace that breaks its own rules. Please report it with the function.",
    ),
    "TC901": entry(
        "A specialisation that does not fit",
        """The compiler could not make code for the call that asked for it. Please report it with the
        function.""",
    ),
    "TC902": entry(
        "An unknown mode",
        "A derivative was asked for that the compiler does not have. Please report it with the function.",
    ),
    "TC903": entry(
        "Emitted text that means something else",
        """Every emitted function is parsed back and compared with what it was printed from, and this one differs.
        Please report it with the function.""",
    ),
}
