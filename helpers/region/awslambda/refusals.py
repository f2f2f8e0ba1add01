"""Lambda's refusals, by kind: AWS's code and HTTP status, and whose fault it was."""

from ..errors import AwsError

SYNCHRONOUS_BYTES = 6_291_456
"""Of an event's JSON, at most."""
ASYNCHRONOUS_BYTES = 1_048_576


def invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message, Type="User")


def bad_content(message: str) -> AwsError:
    return AwsError("InvalidRequestContentException", message, Type="User")


def conflict(message: str) -> AwsError:
    return AwsError("ResourceConflictException", message, 409, Type="User")


def missing(message: str) -> AwsError:
    return AwsError("ResourceNotFoundException", message, 404, Type="User")


def no_function(arn: str) -> AwsError:
    return missing(f"Function not found: {arn}")


def refuse_too_large(payload: bytes, limit: int) -> None:
    """Raises AwsError RequestTooLargeException."""
    if len(payload) > limit:
        message = f"Request must be smaller than {limit} bytes for the InvokeFunction operation"
        raise AwsError("RequestTooLargeException", message, 413, Type="User")
