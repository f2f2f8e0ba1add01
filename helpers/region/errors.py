"""How the region says no: every refusal is an AwsError, which the protocol layer writes in the service's own shape."""

from __future__ import annotations


class AwsError(Exception):
    """A refusal as AWS words it.

    code: AWS's error code, as `ClientError.response["Error"]["Code"]` shows it.
    status: the HTTP status. members: further members of the error's shape, such as `Reason`.
    """

    def __init__(self, code: str, message: str, status: int = 400, **members: object):
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message
        self.status = status
        self.members = members


def not_in_this_region(what: str) -> AwsError:
    """AWS has it, the region does not: better refused by name than accepted and ignored."""
    return AwsError("NotInThisRegion", f"{what} is not in this local region (it exists on AWS).")


class RegionError(Exception):
    """The region as a program failed: it cannot start, cannot be reached, cannot write. Says what to do."""
