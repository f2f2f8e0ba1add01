"""Actions on who may invoke a function, how often at once, and what becomes of its asynchronous events.

Source of the texts: lambda-runtime.md §7, §8, §9.
"""

from __future__ import annotations

import json

from ..access import Access
from ..clock import Clock
from . import permissions
from .asynchronous import MAXIMUM_AGE, MAXIMUM_RETRIES
from .destinations import ACTIONS, service_of
from .function import Function
from .package import UNZIPPED_BYTES, ZIPPED_BYTES
from .refusals import conflict, invalid, missing
from .registry import Registry

ACCOUNT_CONCURRENCY = 1000
UNRESERVED_MINIMUM = 100
ACCOUNT_CODE_BYTES = 80_530_636_800


class InvocationSettings:
    clock: Clock
    access: Access
    registry: Registry

    # -- who -------------------------------------------------------------------------------------------------------

    def add_permission(
        self, *, FunctionName, StatementId, Action, Principal, SourceArn=None, SourceAccount=None
    ):
        function = self.registry.find(FunctionName)
        made = permissions.statement(StatementId, Principal, Action, function.arn, SourceArn, SourceAccount)
        with self.registry.lock:
            if StatementId in function.policy:
                message = f"The statement id ({StatementId}) provided already exists. Please provide a new statement "
                message += "id, or remove the existing statement."
                raise conflict(message)
            function.policy = {**function.policy, StatementId: made}
        return {"Statement": json.dumps(made, separators=(",", ":"))}

    def remove_permission(self, *, FunctionName, StatementId):
        function = self.registry.find(FunctionName)
        with self.registry.lock:
            if not function.policy:
                raise missing("No policy is associated with the given resource.")
            if StatementId not in function.policy:
                raise missing(f"Statement {StatementId} is not found in resource policy.")
            function.policy = {sid: made for sid, made in function.policy.items() if sid != StatementId}
        return {}

    def get_policy(self, *, FunctionName):
        function = self.registry.find(FunctionName)
        if not function.policy:
            raise missing("The resource you requested does not exist.")
        document = permissions.document(list(function.policy.values()))
        return {
            "Policy": json.dumps(document, separators=(",", ":")),
            "RevisionId": function.latest.identifier,
        }

    # -- how often at once -----------------------------------------------------------------------------------------

    def put_function_concurrency(self, *, FunctionName, ReservedConcurrentExecutions):
        function = self.registry.find(FunctionName, suffix=":$LATEST")
        functions = self.registry.all()
        with self.registry.lock:
            others = reserved(functions) - (function.reserved or 0)
            if ACCOUNT_CONCURRENCY - others - ReservedConcurrentExecutions < UNRESERVED_MINIMUM:
                message = "Specified ReservedConcurrentExecutions for function decreases account's "
                message += f"UnreservedConcurrentExecution below its minimum value of [{UNRESERVED_MINIMUM}]."
                raise invalid(message)
            function.reserved = ReservedConcurrentExecutions
        return {"ReservedConcurrentExecutions": ReservedConcurrentExecutions}

    def get_function_concurrency(self, *, FunctionName):
        function = self.registry.find(FunctionName)
        return {} if function.reserved is None else {"ReservedConcurrentExecutions": function.reserved}

    def delete_function_concurrency(self, *, FunctionName):
        self.registry.find(FunctionName, suffix=":$LATEST").reserved = None
        return {}

    def get_account_settings(self):
        functions = self.registry.all()
        return {
            "AccountLimit": {
                "TotalCodeSize": ACCOUNT_CODE_BYTES,
                "CodeSizeUnzipped": UNZIPPED_BYTES,
                "CodeSizeZipped": ZIPPED_BYTES,
                "ConcurrentExecutions": ACCOUNT_CONCURRENCY,
                "UnreservedConcurrentExecutions": ACCOUNT_CONCURRENCY - reserved(functions),
            },
            "AccountUsage": {
                "TotalCodeSize": sum(function.latest.package.size for function in functions),
                "FunctionCount": len(functions),
            },
        }

    # -- what becomes of asynchronous events -----------------------------------------------------------------------

    def put_function_event_invoke_config(
        self,
        *,
        FunctionName,
        MaximumRetryAttempts=None,
        MaximumEventAgeInSeconds=None,
        DestinationConfig=None,
    ):
        given = _given(MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig)
        return self._configure(self.registry.find(FunctionName), given)

    def update_function_event_invoke_config(
        self,
        *,
        FunctionName,
        MaximumRetryAttempts=None,
        MaximumEventAgeInSeconds=None,
        DestinationConfig=None,
    ):
        function = self.registry.find(FunctionName)
        given = _given(MaximumRetryAttempts, MaximumEventAgeInSeconds, DestinationConfig)
        return self._configure(function, {**self._configured(function), **given})

    def get_function_event_invoke_config(self, *, FunctionName):
        return self._configured(self.registry.find(FunctionName))

    def list_function_event_invoke_configs(self, *, FunctionName):
        config = self.registry.find(FunctionName).event_invoke
        return {"FunctionEventInvokeConfigs": [config] if config else []}

    def delete_function_event_invoke_config(self, *, FunctionName):
        function = self.registry.find(FunctionName)
        self._configured(function)
        function.event_invoke = None
        return {}

    def _configure(self, function: Function, given: dict) -> dict:
        for wanted in ("OnSuccess", "OnFailure"):
            arn = given.get("DestinationConfig", {}).get(wanted, {}).get("Destination")
            if arn:
                self._check_destination(function, arn)
        function.event_invoke = {
            "MaximumRetryAttempts": MAXIMUM_RETRIES,
            "MaximumEventAgeInSeconds": MAXIMUM_AGE,
            "DestinationConfig": {"OnSuccess": {}, "OnFailure": {}},
            **given,
            "FunctionArn": f"{function.arn}:$LATEST",
            "LastModified": self.clock.now(),
        }
        return function.event_invoke

    def _configured(self, function: Function) -> dict:
        if function.event_invoke is None:
            raise missing(f"The function {function.arn}:$LATEST doesn't have an EventInvokeConfig")
        return function.event_invoke

    def _check_destination(self, function: Function, arn: str) -> None:
        action = ACTIONS[service_of(arn)]
        if arn.removesuffix(":$LATEST") == function.arn:
            raise invalid("You can't specify the function as a destination for itself.")
        if not self.access.allows(function.role, action, arn):
            act = "Invoke" if action.startswith("lambda:") else action.partition(":")[2]
            message = f"The function's execution role does not have permissions to call {act} on {arn}"
            raise invalid(message)


def reserved(functions: list[Function]) -> int:
    """The concurrency that these functions have taken out of the account's."""
    return sum(function.reserved or 0 for function in functions)


def _given(retries: int | None, age: int | None, destinations: dict | None) -> dict:
    """The members given. Raises AwsError where there is none."""
    given = {
        "MaximumRetryAttempts": retries,
        "MaximumEventAgeInSeconds": age,
        "DestinationConfig": destinations,
    }
    given = {name: value for name, value in given.items() if value is not None}
    if not given:
        message = "You must specify at least one of error handling or destination setting."
        raise invalid(message)
    return given
