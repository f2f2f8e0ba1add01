"""Who may do what: each request, and each act done in a role's name, against the role's policies.

The learner's own key may do everything; a role's session only what the role's documents allow. A refusal has
the code, the status and the words of the service that was called, as boto3 shows them on AWS.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from .clock import Clock
from .errors import AwsError
from .identity import Caller
from .moto_services import Moto
from .permissions import Permission, Place, required
from .policy import Decision, decide, resource_policy_allows, trusts, unjudged
from .settings import Settings

NO_KEYS: Mapping[str, str] = MappingProxyType({})

_LOG = logging.getLogger(__name__)


class Access:
    """conditions(service, operation, params): the condition keys that a request brings, as conditions.py finds them."""

    def __init__(
        self,
        moto: Moto,
        clock: Clock,
        settings: Settings,
        conditions: Callable[[str, str, dict], dict[str, str]] = lambda *request: {},
    ):
        self._moto = moto
        self._clock = clock
        self._settings = settings
        self._conditions = conditions
        self._warned: set[tuple[str, str]] = set()

    def authorize(self, caller: Caller, service: str, operation: str, params: dict) -> None:
        """Raises the service's AccessDenied unless `caller` may call `operation` with `params`."""
        if caller.role_arn is not None:
            place = Place(self._settings.account, self._settings.region)
            brought = self._conditions(service, operation, params)
            for permission in required(service, operation, params, place):
                self._require(caller.role_arn, caller.arn, service, permission, brought)
        if (service, operation) == ("sts", "AssumeRole"):
            self._require_trust(caller, params.get("RoleArn", ""))

    def check(self, role_arn: str, session_name: str, action: str, resource: str) -> None:
        """The same for what AWS itself does in a role's name, such as a mapping's reads. Raises AwsError."""
        service = action.partition(":")[0]
        self._require(role_arn, session_arn(role_arn, session_name), service, Permission(action, resource))

    def allows(self, role_arn: str, action: str, resource: str) -> bool:
        return self._decide(role_arn, Permission(action, resource)) is Decision.ALLOWED

    def assumable(self, role_arn: str, service_principal: str) -> bool:
        """Whether a service may work in the role's name: it exists, trusts the service, and is not too new.

        IAM is eventually consistent: for `role_seconds` after its creation other services do not know a role.
        """
        role = self._moto.role(role_arn)
        return (
            role is not None
            and trusts(role.trust, service_principal)
            and not 0 <= self._clock.now() - role.created < self._settings.role_seconds
        )

    def _require(
        self,
        role_arn: str,
        caller_arn: str,
        service: str,
        permission: Permission,
        brought: Mapping[str, str] = NO_KEYS,
    ) -> None:
        decision = self._decide(role_arn, permission, brought)
        if decision is not Decision.ALLOWED:
            raise access_denied(service, caller_arn, permission, decision)

    def _require_trust(self, caller: Caller, role_arn: str) -> None:
        role = self._moto.role(role_arn)
        permission = Permission("sts:AssumeRole", role_arn)
        if role is None or not resource_policy_allows(role.trust, caller.arn, *permission):
            raise access_denied("sts", caller.arn, permission, Decision.IMPLICIT_DENY)

    def _decide(
        self, role_arn: str, permission: Permission, brought: Mapping[str, str] = NO_KEYS
    ) -> Decision:
        role = self._moto.role(role_arn)
        if role is None:
            return Decision.IMPLICIT_DENY
        context = {
            "aws:PrincipalArn": role_arn,
            "aws:PrincipalAccount": self._settings.account,
            "aws:RequestedRegion": self._settings.region,
            **brought,
        }
        self._warn(role_arn, role.documents, permission.action, context)
        return decide(role.documents, *permission, context)

    def _warn(self, role_arn: str, documents: list[dict], action: str, context: dict[str, str]) -> None:
        for sentence in unjudged(documents, action, context):
            if (role_arn, sentence) not in self._warned:
                self._warned.add((role_arn, sentence))
                _LOG.warning("%s: %s", role_arn, sentence)


def session_arn(role_arn: str, session_name: str) -> str:
    """The ARN of a role's session; a role's path is not part of it."""
    partition, account, name = role_arn.split(":")[1], role_arn.split(":")[4], role_arn.rpartition("/")[2]
    return f"arn:{partition}:sts::{account}:assumed-role/{name}/{session_name}"


def access_denied(service: str, caller_arn: str, permission: Permission, decision: Decision) -> AwsError:
    """AWS's sentence, in the spelling of the service called. Source: messages in public issues and logs."""
    code, status = _REFUSALS.get(service, ("AccessDenied", 403))
    action, resource = permission
    if service == "sqs":
        action = action.lower()
    elif service == "sns":
        action = action.replace("sns:", "SNS:")
    elif service == "s3":
        resource = f'"{resource}"'
    message = f"User: {caller_arn} is not authorized to perform: {action} on resource: {resource}"
    if decision is Decision.EXPLICIT_DENY:
        message += " with an explicit deny in an identity-based policy"
    elif permission.action != "sts:AssumeRole":
        message += f" because no identity-based policy allows the {action} action"
    return AwsError(code, message, status)


_REFUSALS = {
    "kinesis": ("AccessDeniedException", 400),
    "dynamodb": ("AccessDeniedException", 400),
    "logs": ("AccessDeniedException", 400),
    "lambda": ("AccessDeniedException", 403),
    "sns": ("AuthorizationError", 403),
}
