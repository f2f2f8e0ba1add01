"""Inside an execution environment: one function under awslambdaric, AWS's own runtime client for Python.

    python -S bootstrap.py '["folder with boto3", …]'

What the function can import is what AWS's runtime has: the standard library, boto3's family, and its own zip. The
process ends with the region, however that ends: its standard input is a pipe from there. Imports nothing of helpers.
"""

import http.client
import json
import os
import socket
import sys
import threading
import time
import types
from importlib.machinery import PathFinder

PACKAGES = (
    "awslambdaric",
    "boto3",
    "botocore",
    "dateutil",
    "jmespath",
    "s3transfer",
    "simplejson",
    "six",
    "snapshot_restore_py",
    "urllib3",
)
RESPONSE_BYTES = 6 * 1024 * 1024 + 100
MARK = b"\xa5\x5a\x00\xff"  # a frame type of our own beside awslambdaric's: logs.Mark


def main(folders):
    die_with_the_region()
    task_root = os.environ["LAMBDA_TASK_ROOT"]
    sys.argv = sys.argv[:1]
    sys.path[0] = task_root
    sys.meta_path.append(RuntimePackages(folders))
    for stream in (sys.stdout, sys.stderr):
        stream.reconfigure(encoding="utf-8", newline="\n")
    # The frames share the pipe of stdout, so that prints and log lines keep their order.
    os.environ["_LAMBDA_TELEMETRY_LOG_FD"] = str(os.dup(1))
    api = RuntimeApi(os.environ["AWS_LAMBDA_RUNTIME_API"], [sys.stdout, sys.stderr], os.dup(1))
    sys.modules["runtime_client"] = api.module()
    run(os.environ["_HANDLER"], api)


class RuntimePackages:
    """Finds AWS's packages in the learner's environment, and nothing else of it."""

    def __init__(self, folders):
        self.folders = folders

    def find_spec(self, name, path=None, target=None):
        return PathFinder.find_spec(name, self.folders) if path is None and name in PACKAGES else None


def die_with_the_region():
    region = os.dup(0)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)

    def watch():
        os.read(region, 1)  # returns at the end of the pipe: nobody writes to it
        if hasattr(os, "killpg"):
            os.killpg(0, 9)  # with whatever the function started
        os._exit(1)

    threading.Thread(target=watch, name="region", daemon=True).start()


class RuntimeApi:
    """The Runtime API as awslambdaric's native `runtime_client` speaks it, without the native part.

    address: host:port/token. streams: what is flushed, and `marks`: the descriptor marked, at the end of init and
    before every answer, so that the region knows which output belongs to which request.
    """

    def __init__(self, address, streams, marks):
        host, _, token = address.partition("/")
        self.prefix = f"/{token}"
        self.base = "/2018-06-01/runtime/invocation/"
        self.streams = streams
        self.marks = marks
        self.connection = http.client.HTTPConnection(host)
        self.initialised = False

    def module(self):
        module = types.ModuleType("runtime_client")
        module.initialize_client = lambda user_agent: None
        module.next = self.next
        module.post_invocation_result = self.post_result
        module.post_error = self.post_error
        return module

    def call(self, method, path, body=None, headers=None):
        """status, headers, body."""
        if self.connection.sock is None:
            self.connection.connect()
            self.connection.sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.connection.request(method, self.prefix + path, body, headers or {})
        response = self.connection.getresponse()
        return response.status, dict(response.headers), response.read()

    def next(self):
        if not self.initialised:
            self.initialised = True
            self.mark("")
        status, headers, body = self.call("GET", self.base + "next")
        if status != 200:
            os._exit(1)  # the region has ended this environment
        deadline = "Lambda-Runtime-Deadline-Ms"
        return body, {**headers, deadline: int(headers[deadline])}

    def post_result(self, request_id, data, content_type, invocation_id=None):
        # One byte too many is enough for the region to refuse a response that is too large.
        self.answer(f"{request_id}/response", request_id, data[: RESPONSE_BYTES + 1])

    def post_error(self, request_id, data, xray_cause, invocation_id=None):
        self.answer(f"{request_id}/error", request_id, data.encode())

    def answer(self, path, request_id, body):
        self.mark(request_id)
        status, _, _ = self.call("POST", self.base + path, body)
        if status != 202:
            print(f"LAMBDA_RUNTIME Failed to post handler response. Http response code: {status}.")
            raise RuntimeError("Failed to post invocation response")

    def mark(self, request_id):
        for stream in self.streams:
            if not stream.closed:
                stream.flush()
        message = request_id.encode()
        size, at = len(message).to_bytes(4, "big"), (time.time_ns() // 1000).to_bytes(8, "big")
        os.write(self.marks, MARK + size + at + message)


def run(handler, api):
    from awslambdaric import bootstrap
    from awslambdaric.lambda_runtime_client import LambdaRuntimeClient, LambdaRuntimeClientError
    from awslambdaric.lambda_runtime_marshaller import to_json

    class Client(LambdaRuntimeClient):
        """Posts an init error over the connection of everything else, which knows the token."""

        def call_rapid(self, http_method, endpoint, expected_http_code, payload=None, headers=None):
            api.mark("")
            status, _, body = api.call(http_method, endpoint, to_json(payload).encode(), headers)
            if status != expected_http_code:
                raise LambdaRuntimeClientError(endpoint, status, body)

    bootstrap.run(handler, Client(os.environ["AWS_LAMBDA_RUNTIME_API"]))


if __name__ == "__main__":
    main(json.loads(sys.argv[1]))
