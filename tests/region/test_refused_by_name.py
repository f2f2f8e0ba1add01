"""Nothing is accepted and ignored: what the region's own services do not carry out, they refuse by name.

Every operation of botocore's models, and every member of the input of those carried out, is asked for through boto3.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable

import pytest
from botocore import xform_name
from botocore.exceptions import ClientError
from botocore.loaders import Loader
from botocore.model import ServiceModel, Shape

from helpers.region import validation
from helpers.region.awslambda import Lambda
from helpers.region.httpapi import HttpApi
from helpers.region.kinesis import Kinesis
from helpers.region.mapping import EventSourceMappings
from helpers.region.tagging import LambdaTags
from tests.local_region import client

ROOMS = {
    "kinesis": [Kinesis],
    "lambda": [Lambda, EventSourceMappings, LambdaTags],
    "apigatewayv2": [HttpApi],
}
MODELS = {name: ServiceModel(Loader().load_service_model(name, "service-2"), name) for name in ROOMS}
OPERATIONS = [(name, operation) for name, model in MODELS.items() for operation in model.operation_names]


def action(service: str, operation: str) -> Callable | None:
    """The method that carries the operation out, if there is one."""
    name = xform_name(operation)
    return next((getattr(room, name) for room in ROOMS[service] if hasattr(room, name)), None)


SENT_ELSEWHERE = {"StreamId"}  # "reserved for future use"; boto3 takes such a request to a host of its own
CARRIED_OUT = [each for each in OPERATIONS if action(*each)]
LEFT_OUT = [each for each in OPERATIONS if not action(*each)]


@pytest.fixture(scope="module")
def refusal(shared_region):
    """refusal(service, operation, members) → code and message. No resource is needed: none is looked at."""
    clients = {service: client(shared_region, service) for service in ROOMS}

    def refuse(service: str, operation: str, members: dict) -> tuple[str, str]:
        with pytest.raises(ClientError) as refused:
            getattr(clients[service], xform_name(operation))(**members)
        error = refused.value.response["Error"]
        return error["Code"], error["Message"]

    return refuse


def test_the_rooms_are_the_regions(shared_region):
    rooms = shared_region.plane.rooms
    assert {service: [type(room) for room in rooms[service]] for service in rooms} == ROOMS


@pytest.mark.parametrize(("service", "operation"), LEFT_OUT)
def test_an_operation(refusal, service, operation):
    shape = MODELS[service].operation_model(operation).input_shape
    code, message = refusal(service, operation, required(service, shape))
    assert (code, message.partition(" is not in ")[0]) == ("NotInThisRegion", f"{service} {operation}")


@pytest.mark.parametrize(("service", "operation"), CARRIED_OUT)
def test_the_parameters_of_an_operation(refusal, service, operation):
    shape = MODELS[service].operation_model(operation).input_shape
    members = shape.members if shape else {}
    accepted = set(inspect.signature(action(service, operation)).parameters) - {"self"}
    assert accepted <= set(members)
    for name in members.keys() - accepted - SENT_ELSEWHERE:
        asked = {**required(service, shape), name: example(service, members[name])}
        code, message = refusal(service, operation, asked)
        named = message.partition(" is not in ")[0]
        assert (code, named) == ("NotInThisRegion", f"{operation}'s parameter {name}")


# -- what a model takes ------------------------------------------------------------------------------------------------


def required(service: str, shape: Shape | None) -> dict:
    return {name: example(service, shape.members[name]) for name in shape.required_members} if shape else {}


def example(service: str, shape: Shape):
    """A value that the shape's constraints let through, and that says something."""
    rules = {**shape.metadata, **validation.CORRECTIONS.get(service, {}).get(shape.name, {})}
    least = rules.get("min") or 1
    if shape.type_name == "structure":
        return required(service, shape) or {
            name: example(service, member) for name, member in list(shape.members.items())[:1]
        }
    if shape.type_name == "list":
        return [example(service, shape.member)] * least
    if shape.type_name == "map":
        return {example(service, shape.key): example(service, shape.value)}
    if shape.type_name == "string":
        return text(rules.get("pattern"), rules.get("enum"), least)
    return {
        "integer": least,
        "long": least,
        "double": 1.0,
        "timestamp": 1.0,
        "boolean": True,
        "blob": b"x" * least,
    }[shape.type_name]


def text(pattern: str | None, enum: list[str] | None, least: int) -> str:
    if enum:
        return enum[0]
    fits = validation.compiled(pattern).fullmatch if pattern else bool
    return next((word for word in ("a" * least, *WORDS) if fits(word)), STREAM)


STREAM = "arn:aws:kinesis:us-east-1:123456789012:stream/votes"
WORDS = (
    "2",
    "lambda:InvokeFunction",
    STREAM,
    "arn:aws:kinesis:us-east-1:123456789012:stream/votes/consumer/fast:1",
    "arn:aws:lambda:us-east-1:123456789012:function:votes",
    "arn:aws:iam::123456789012:role/votes",
    "arn:aws:lambda:us-east-1:123456789012:layer:votes:1",
    "arn:aws:lambda:us-east-1:123456789012:capacity-provider:votes",
    "arn:aws:elasticfilesystem:us-east-1:123456789012:access-point/fsap-0123456789abcdef0",
    "/mnt/votes",
    "arn:aws:lambda:us-east-1:123456789012:runtime/votes",
    "arn:aws:lambda:us-east-1:123456789012:code-signing-config:csc-0123456789abcdef0",
    "us-east-1",
    "subnet-1",
    "sg-1",
    "o-1234567890",
    "broker.example:9092",
)
