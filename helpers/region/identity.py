"""Who calls: Signature Version 4, checked in full.

The learner's key is a secret made for this workbook; a function's credentials are a session of its role, which STS
keeps. Whoever has neither is refused, so that no other user of the machine, and no web page, reaches a plane that
runs code.
Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/create-signed-request.html
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from urllib.parse import quote

from botocore.utils import normalize_url_path

from .clock import Clock
from .errors import AwsError
from .moto_services import Moto, Session
from .server import Request

LEARNER = "learner"
AUTHORIZATION = re.compile(
    r"AWS4-HMAC-SHA256\s+Credential=(?P<key>[^/,]+)/(?P<date>\d{8})/(?P<region>[^/]+)/(?P<service>[^/]+)/aws4_request,"
    r"\s*SignedHeaders=(?P<signed>[^,]+),\s*Signature=(?P<signature>[0-9a-f]{64})"
)
SKEW_SECONDS = 300
JSON_ERRORS = ("kinesis", "dynamodb", "logs", "sqs", "monitoring")  # whose error codes end in "Exception"


@dataclass(frozen=True)
class Caller:
    """Who signed a request. role_arn and session_name are None for the learner, who may do everything."""

    arn: str
    account: str
    role_arn: str | None = None
    session_name: str | None = None


class Identity:
    """Knows the learner's key and the sessions of roles."""

    def __init__(self, clock: Clock, moto: Moto, access_key: str, secret_key: str):
        self.clock = clock
        self.moto = moto
        self.access_key = access_key
        self.secret_key = secret_key
        self.learner = Caller("", "")
        self.reset()

    def reset(self) -> None:
        """Make the learner known to IAM (again)."""
        arn = self.moto.add_user(LEARNER, self.access_key, self.secret_key)
        self.learner = Caller(arn, self.moto.settings.account)

    def credentials(self, role_arn: str, session_name: str, seconds: int = 3600) -> Session:
        """Credentials of a role for `seconds`: what a function finds in its environment."""
        return self.moto.assume_role(role_arn, session_name, seconds)

    def authenticate(self, request: Request) -> tuple[Caller, str]:
        """The caller, and the signing name of the service called ("kinesis", "monitoring", …). Raises AwsError."""
        header = request.header("authorization")
        match = AUTHORIZATION.fullmatch(header.strip())
        if not match:
            raise AwsError("MissingAuthenticationTokenException", "Missing Authentication Token", 403)
        service = match["service"]
        if match["region"] != self.moto.settings.region:
            message = f"Credential should be scoped to a valid region, not '{match['region']}'."
            raise invalid_signature(service, message)
        if match["key"] == self.access_key:
            self._verify(request, match, self.secret_key)
            return self.learner, service
        session = self.moto.session(match["key"])
        if session is None:
            raise invalid_token(service)
        self._verify(request, match, session.secret_key)
        token = request.header("x-amz-security-token").encode()
        if not hmac.compare_digest(token, session.session_token.encode()):
            raise invalid_token(service)
        if self.clock.now() >= session.expiration:
            code = "ExpiredTokenException" if service in JSON_ERRORS else "ExpiredToken"
            raise AwsError(code, "The security token included in the request is expired")
        return Caller(session.arn, self.learner.account, session.role_arn, session.session_name), service

    def _verify(self, request: Request, match: re.Match, secret: str) -> None:
        try:
            sent = datetime.strptime(request.header("x-amz-date"), "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        except ValueError:
            raise AwsError(
                "IncompleteSignatureException", "X-Amz-Date is missing or malformed.", 403
            ) from None
        expected = signature(request, match, secret)
        if not hmac.compare_digest(expected, match["signature"]):
            message = "The request signature we calculated does not match the signature you provided. Check your AWS "
            message += "Secret Access Key and signing method. Consult the service documentation for details."
            raise invalid_signature(match["service"], message)
        if abs(sent.timestamp() - self.clock.now()) > SKEW_SECONDS:
            raise invalid_signature(match["service"], "Signature expired or not yet valid.")


def invalid_signature(service: str, message: str) -> AwsError:
    code = "InvalidSignatureException" if service in JSON_ERRORS else "SignatureDoesNotMatch"
    return AwsError(code, message, 403)


def invalid_token(service: str) -> AwsError:
    """An unknown key, as the service words it (iam.md §2)."""
    message = "The security token included in the request is invalid."
    if service in JSON_ERRORS:
        return AwsError("UnrecognizedClientException", message)
    return AwsError("InvalidClientTokenId", message, 403)


def signature(request: Request, match: re.Match, secret: str) -> str:
    """The signature that `secret` gives to this request; S3 signs the path as it is, the others quote it again."""
    path = request.path if match["service"] == "s3" else quote(normalize_url_path(request.path), safe="/~")
    query = "&".join(sorted(part if "=" in part else f"{part}=" for part in request.query.split("&") if part))
    signed = match["signed"].split(";")
    headers = "".join(f"{name}:{' '.join(request.header(name).split())}\n" for name in signed)
    body = request.header("x-amz-content-sha256")
    if not body or re.fullmatch(r"[0-9a-f]{64}", body):
        body = hashlib.sha256(request.body).hexdigest()
    canonical = "\n".join([request.method, path, query, headers, match["signed"], body])
    scope = f"{match['date']}/{match['region']}/{match['service']}/aws4_request"
    digest = hashlib.sha256(canonical.encode()).hexdigest()
    text = f"AWS4-HMAC-SHA256\n{request.header('x-amz-date')}\n{scope}\n{digest}"
    key = _signing_key(secret, match["date"], match["region"], match["service"])
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=256)
def _signing_key(secret: str, date: str, region: str, service: str) -> bytes:
    key = ("AWS4" + secret).encode()
    for part in (date, region, service, "aws4_request"):
        key = hmac.new(key, part.encode(), hashlib.sha256).digest()
    return key
