"""The front door: a client's request goes to a stage, a route, a function, and comes back as a response.

The function is waited for in a worker thread, so that the client has its 503 when the integration's time is over while
the function goes on, as on AWS. Why a client got a 500 is in the region's log (AWS: in the stage's access log).
"""

from __future__ import annotations

import base64
import json
import logging
import secrets
import threading
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from urllib.parse import unquote

from ..clock import Clock
from ..errors import AwsError
from ..server import Request, Response
from ..settings import Settings
from . import cors
from .api import Integration, Route
from .event import Context, event
from .response import Malformed, message, response
from .routing import choose_route
from .store import Served, Store
from .throttling import ACCOUNT_BURST, ACCOUNT_RATE, Buckets

LOG = logging.getLogger(__name__)
PRINCIPAL = "apigateway.amazonaws.com"
BODY_BYTES = 10 * 1024 * 1024
HEAD_BYTES = 10_240
RUNNING = 1000
"""Functions at work for the front door at once, those whose clients wait no longer included: Lambda's limit of
concurrent executions in an account."""
TOLD = {413: "Request Entity Too Large", 500: "Internal Server Error", 503: "Service Unavailable"}
NOT_PERMITTED = (
    "The IAM role configured on the integration or API Gateway doesn't have permissions to call the integration. "
    "Check the permissions and try again."
)


class IntegrationError(Exception):
    """The client is told `status` and its words, the log this."""

    def __init__(self, reason: str, status: int = 500):
        super().__init__(reason)
        self.status = status


@dataclass
class Exchange:
    """A request on its way through a stage."""

    request: Request
    path: str
    request_id: str
    served: Served
    route: Route | None = None
    integration_seconds: float | None = None


class FrontDoor:
    """functions: the Lambda service; access: Access; metrics: Metrics."""

    def __init__(self, apis: Store, clock: Clock, settings: Settings, functions, access, metrics):
        self._apis = apis
        self._clock = clock
        self._settings = settings
        self._functions = functions
        self._access = access
        self._metrics = metrics
        self._buckets = Buckets(clock)
        self._places = threading.BoundedSemaphore(RUNNING)
        self._workers = ThreadPoolExecutor(RUNNING, "httpapi-integration")

    def reset(self) -> None:
        self._buckets.clear()

    def close(self) -> None:
        """Take no more; an invocation at work ends with the Lambda service."""
        self._workers.shutdown(wait=False)

    def handle(self, request: Request) -> Response:
        """The response to `/<api id>/path`."""
        began = self._clock.now()
        request_id = base64.b64encode(secrets.token_bytes(11)).decode()
        api_id, path = split_path(request.path)
        served = self._apis.served(api_id, path)
        if served is None:
            # An API that does not exist is a 403 on AWS, whose name servers know all ids; here nothing is there.
            answer = message(404, "Not Found")
        else:
            exchange = Exchange(request, path, request_id, served)
            answer = self._answer(exchange)
            self._measure(exchange, answer, self._clock.now() - began)
        answer.headers.append(("apigw-requestid", request_id))
        return answer

    def _answer(self, exchange: Exchange) -> Response:
        """With CORS configured, a preflight never reaches a route, and a page can read the errors too."""
        request, configuration = exchange.request, exchange.served.deployment.cors
        if configuration is None:
            return too_large(request) or self._route(exchange)
        preflight = cors.preflight(configuration, request)
        return preflight or cors.apply(configuration, request, too_large(request) or self._route(exchange))

    def _route(self, exchange: Exchange) -> Response:
        request, served = exchange.request, exchange.served
        routes = {route.key: route for route in served.deployment.routes}
        chosen = choose_route(routes, request.method, served.route_path)
        if chosen is None:
            return message(404, "Not Found")
        key, path_parameters = chosen
        exchange.route = routes[key]
        if not self._admits(exchange):
            return message(429, "Too Many Requests")
        context = Context(
            account=self._settings.account,
            api_id=served.api_id,
            stage=served.stage.stage_name,
            route_key=key,
            raw_path=exchange.path,
            request_id=exchange.request_id,
            trace_id=f"Root=1-{int(self._clock.now()):08x}-{secrets.token_hex(12)}",
            now=self._clock.now(),
            path_parameters=path_parameters,
            stage_variables=served.stage.stage_variables,
        )
        try:
            return self._integrate(exchange, context)
        except IntegrationError as error:
            LOG.warning("HTTP API %s, route %s: %s", served.api_id, key.text, error)
            return message(error.status, TOLD[error.status])

    def _admits(self, exchange: Exchange) -> bool:
        """Whether the account's, and the stage's or the route's, throttling lets the request through."""
        served, key = exchange.served, exchange.route.key.text
        settings = served.stage.settings_of(key)
        rate = settings.get("ThrottlingRateLimit", ACCOUNT_RATE)
        burst = settings.get("ThrottlingBurstLimit", ACCOUNT_BURST)
        bucket = (served.api_id, served.stage.stage_name, key)
        return self._buckets.take(bucket, rate, burst) and self._buckets.take(
            "account", ACCOUNT_RATE, ACCOUNT_BURST
        )

    def _integrate(self, exchange: Exchange, context: Context) -> Response:
        """Raises IntegrationError."""
        integration = exchange.served.deployment.integration_of(exchange.route)
        if integration is None:
            raise IntegrationError("the route has no integration")
        self._check_permission(integration, context)
        version = integration.payload_format_version
        payload = json.dumps(event(version, exchange.request, context), ensure_ascii=False)
        began = self._clock.now()
        try:
            invocation = self._invoke(integration, payload.encode("utf-8", "replace"))
        finally:
            exchange.integration_seconds = self._clock.now() - began
        if invocation.function_error:
            raise IntegrationError(f"the function failed: {invocation.payload.decode('utf-8', 'replace')}")
        try:
            return response(version, invocation.payload)
        except Malformed as wrong:
            raise IntegrationError(str(wrong)) from None

    def _check_permission(self, integration: Integration, context: Context) -> None:
        """The function's own policy decides, or the role that the integration names."""
        arn, role = integration.function_arn, integration.credentials_arn
        action = "lambda:InvokeFunction"
        if role:
            permitted = self._access.assumable(role, PRINCIPAL) and self._access.allows(role, action, arn)
        else:
            source = request_arn(self._settings, context)
            try:
                permitted = self._functions.permits(arn, PRINCIPAL, action, source)
            except AwsError as error:
                raise IntegrationError(str(error)) from None
        if not permitted:
            raise IntegrationError(NOT_PERMITTED)

    def _invoke(self, integration: Integration, payload: bytes):
        """The function's Invocation. Raises IntegrationError."""
        if not self._places.acquire(blocking=False):
            raise IntegrationError(f"{RUNNING} functions run already for HTTP APIs", 503)
        done = threading.Event()

        def ended(_) -> None:
            self._places.release()
            done.set()

        try:
            call = self._workers.submit(self._functions.invoke_function, integration.function_arn, payload)
        except RuntimeError:
            self._places.release()
            raise IntegrationError("the region is stopping, or has no thread to give", 503) from None
        call.add_done_callback(ended)
        milliseconds = integration.timeout_in_millis
        if not self._clock.wait(done, milliseconds / 1000):
            raise IntegrationError(f"the function did not answer within {milliseconds} ms; it goes on", 503)
        try:
            return call.result()
        except AwsError as error:
            # A throttled function too: what an HTTP API says then is not recorded, a REST API says 500. An event
            # above Lambda's 6 MB is told as a body above the API's own 10 MB is.
            raise IntegrationError(str(error), 413 if error.status == 413 else 500) from None

    def _measure(self, exchange: Exchange, answer: Response, seconds: float) -> None:
        values = [
            ("Count", 1, "Count"),
            ("4xx", int(answer.status // 100 == 4), "Count"),
            ("5xx", int(answer.status // 100 == 5), "Count"),
            ("Latency", seconds * 1000, "Milliseconds"),
            ("DataProcessed", len(exchange.request.body) + len(answer.body), "Bytes"),
        ]
        if exchange.integration_seconds is not None:
            values.append(("IntegrationLatency", exchange.integration_seconds * 1000, "Milliseconds"))
        for name, value, unit in values:
            self._metrics.add("AWS/ApiGateway", name, value, unit, ApiId=exchange.served.api_id)


def split_path(path: str) -> tuple[str, str]:
    """The front door's `/<api id>/path` → (API id, decoded path), as the API's own address would have it."""
    api_id, slash, rest = path[1:].partition("/")
    return api_id, unquote(slash + rest, errors="replace") or "/"


def request_arn(settings: Settings, context: Context) -> str:
    """What a function's policy is asked about: arn:aws:execute-api:REGION:ACCOUNT:API/STAGE/METHOD/path."""
    place = f"arn:aws:execute-api:{settings.region}:{settings.account}:{context.api_id}"
    return f"{place}/{context.stage}/{context.route_key.arn_suffix()}"


def too_large(request: Request) -> Response | None:
    """413 for a body over 10 MB, 431 for a request line and headers over 10,240 bytes (AWS's status for that is not
    recorded; 431 says what is wrong)."""
    if len(request.body) > BODY_BYTES:
        return message(413, TOLD[413])
    line = len(request.method) + len(request.path) + len(request.query)
    if line + sum(len(name) + len(value) for name, value in request.headers) > HEAD_BYTES:
        return message(431, "Request Header Fields Too Large")
    return None
