"""CORS as an HTTP API does it: once configured, the gateway answers preflights itself, adds the headers to every
response whose Origin it allows, and drops those that the function wrote. Not configured, it does nothing at all.

Source: awsdocs/amazon-api-gateway-developer-guide, http-api-cors.md.
"""

from __future__ import annotations

from ..errors import AwsError
from ..server import Request, Response


def check(configuration: dict) -> dict:
    """A CorsConfiguration as it was given. Raises AwsError BadRequestException, in words that users of AWS report."""
    for origin in configuration.get("AllowOrigins", ()):
        if origin != "*" and not origin.startswith(("http://", "https://")):
            raise AwsError("BadRequestException", f"Invalid format for origin {origin}")
    if configuration.get("AllowCredentials") and "*" in configuration.get("AllowOrigins", ()):
        # Browsers refuse that pair (the text: aws/aws-cdk#9076).
        raise AwsError("BadRequestException", "allow-credentials is not supported if 'allow-origin' is *")
    return configuration


def preflight(configuration: dict, request: Request) -> Response | None:
    """The gateway's answer to an OPTIONS that names an Origin; None if the request is not such a one.

    204 in any case: an Origin not allowed gets no headers, so that the browser refuses. Method and headers asked for
    are the browser's to compare, which names what is missing.
    """
    origin = request.header("origin")
    if request.method != "OPTIONS" or not origin:
        return None
    allowed = allow_origin(configuration, origin)
    if allowed is None:
        return Response(204)
    headers = [("access-control-allow-origin", allowed)]
    for member, name in (("AllowMethods", "methods"), ("AllowHeaders", "headers")):
        if configuration.get(member):
            headers.append((f"access-control-allow-{name}", ",".join(configuration[member])))
    if configuration.get("AllowCredentials"):
        headers.append(("access-control-allow-credentials", "true"))
    if "MaxAge" in configuration:
        headers.append(("access-control-max-age", str(configuration["MaxAge"])))
    return Response(204, headers)


def apply(configuration: dict, request: Request, response: Response) -> Response:
    """The response with the gateway's CORS headers in place of the function's."""
    headers = [header for header in response.headers if not header[0].lower().startswith("access-control-")]
    origin = request.header("origin")
    allowed = allow_origin(configuration, origin) if origin else None
    if allowed is not None:
        headers.append(("access-control-allow-origin", allowed))
        if configuration.get("AllowCredentials"):
            headers.append(("access-control-allow-credentials", "true"))
        if configuration.get("ExposeHeaders"):
            headers.append(("access-control-expose-headers", ",".join(configuration["ExposeHeaders"])))
    return Response(response.status, headers, response.body)


def allow_origin(configuration: dict, origin: str) -> str | None:
    """What access-control-allow-origin says to this origin: `*`, the origin itself, or None (nothing).
    `https://*` allows every origin of that scheme."""
    origins = configuration.get("AllowOrigins", ())
    if "*" in origins:
        return "*"
    allowed = any(
        origin == each or (each.endswith("://*") and origin.startswith(each[:-1])) for each in origins
    )
    return origin if allowed else None
