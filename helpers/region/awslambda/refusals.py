"""Lambda's refusals, by kind: AWS's code and HTTP status, and whose fault it was."""

from ..errors import AwsError


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
