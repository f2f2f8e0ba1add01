"""AWS as a learner's laptop sees it through a proxy, with the local region behind it.

The workbook's "aws" target takes no endpoint, so that it can never be anything but AWS. A proxy and a certificate are
what any laptop may have: boto3 asks https://kinesis.us-east-1.amazonaws.com, HTTPS_PROXY leads here, and each request
is signed again, with the same key, for the region's own address.
"""

from __future__ import annotations

import http.client
import re
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import urlsplit

from botocore.auth import SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

HOSTS = ["*.amazonaws.com", "*.us-east-1.amazonaws.com", "*.ddb.us-east-1.amazonaws.com"]
SCOPE = re.compile(r"Credential=([^/]+)/\d{8}/([^/]+)/([^/]+)/aws4_request")
OWN_HEADERS = ("host", "authorization", "x-amz-date", "x-amz-security-token", "connection", "expect")


@dataclass(frozen=True)
class AwsProxy:
    """environment: what a laptop needs to reach AWS through it. asked: the hosts that were asked, in order."""

    environment: dict[str, str]
    asked: list[str]


@contextmanager
def aws_proxy(endpoint: str, credentials: Credentials, folder: Path) -> Iterator[AwsProxy]:
    """A proxy before the region at `endpoint`, for a learner with these credentials; its certificate is in `folder`."""
    certificate = folder / "certificate.pem"
    certificate.write_bytes(self_signed(HOSTS))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    asked: list[str] = []

    class Handler(_Handler):
        region, signer, tls, hosts = urlsplit(endpoint), credentials, context, asked

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="aws-proxy")
    thread.start()
    environment = {
        "HTTPS_PROXY": f"http://127.0.0.1:{server.server_port}",
        "AWS_CA_BUNDLE": str(certificate),
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ACCESS_KEY_ID": credentials.access_key,
        "AWS_SECRET_ACCESS_KEY": credentials.secret_key,
    }
    if credentials.token:
        environment["AWS_SESSION_TOKEN"] = credentials.token
    try:
        yield AwsProxy(environment, asked)
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    region, signer, tls, hosts = None, None, None, None

    def do_CONNECT(self):
        host = self.path.partition(":")[0]
        if not host.endswith(".amazonaws.com"):
            self.send_error(403, f"{host} is not AWS")
            return
        self.hosts.append(host)
        self.send_response(200)
        self.end_headers()
        self.connection = self.tls.wrap_socket(self.connection, server_side=True)
        self.rfile, self.wfile = self.connection.makefile("rb"), self.connection.makefile("wb", 0)
        self.close_connection = False

    def forward(self):
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        key, region, service = SCOPE.search(self.headers["Authorization"]).groups()
        signer = self.signer if key == self.signer.access_key else Credentials(key, "not known here")
        kept = {k: v for k, v in self.headers.items() if k.lower() not in OWN_HEADERS}
        request = AWSRequest(self.command, f"http://{self.region.netloc}{self.path}", kept, body)
        SigV4Auth(signer, service, region).add_auth(request)
        behind = http.client.HTTPConnection(self.region.hostname, self.region.port, timeout=60)
        try:
            behind.request(self.command, self.path, body, dict(request.headers))
            answer = behind.getresponse()
            text = answer.read()
        finally:
            behind.close()
        self.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "date", "server"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = forward

    def log_message(self, *arguments):
        pass


def self_signed(hosts: list[str]) -> bytes:
    """PEM of a key and a certificate that is its own authority."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "a proxy of the tests")])
    usage = dict.fromkeys(
        ("content_commitment", "key_encipherment", "data_encipherment", "key_agreement"), False
    )
    usage |= dict.fromkeys(("crl_sign", "encipher_only", "decipher_only"), False)
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, key_cert_sign=True, **usage), critical=True)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(host) for host in hosts]), critical=False)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    return private + certificate.public_bytes(serialization.Encoding.PEM)
