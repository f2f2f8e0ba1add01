"""The commands of `python -m helpers`, a module each."""


class Failure(Exception):
    """A command could not do its work; the message says why and what to do."""
