"""What can go wrong with a warehouse, each said in one message that names the file and the remedy."""

from __future__ import annotations


class WarehouseError(Exception):
    """Something about the warehouse that a person has to know; the message is written for them."""


class LockedError(WarehouseError):
    """Another process is using the warehouse."""


class NewerVersionError(WarehouseError):
    """The file was written by a newer klangkhao."""
