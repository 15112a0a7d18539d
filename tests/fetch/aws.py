"""AWS over HTTP for the tests: moto as a server, with faults, and closer to AWS where moto differs.

    AwsServer          moto on a free port of this machine; `faults` says what goes wrong, `asked` what was asked
    Fault              throttled, refused, broken, or a connection that drops
    answering          a server, started and stopped
    pointing_at        the environment under which boto3 asks it

Where moto differs from AWS, as AWS's API reference has it: pages of the dump, boundaries of users and names of policies
in it; a policy that nobody has attached is not in it; access points are of one region. Services that moto lacks have
nothing, and two regions are enabled.
"""

from __future__ import annotations

import enum
import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from urllib.parse import parse_qs
from xml.etree import ElementTree as ET

from moto.iam.models import get_account_id_from
from moto.moto_api._internal.models import moto_api_backend
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

MAIN_ACCOUNT = "123456789012"
REGION_NAMES = ("eu-west-1", "us-east-1")
_PAGE = 2
_QUERY = {"iam", "sts", "sns", "autoscaling", "cloudformation"}
_EMPTY_XML = {"cloudformation"}
_LACKING = {"apigateway", "apprunner", "bedrock-agentcore", "cloudformation", "cloudtrail", "codeartifact", "s3tables"}
_IAM = "{https://iam.amazonaws.com/doc/2010-05-08/}"

Start = Callable[..., Any]


class Fault(enum.Enum):
    """What goes wrong with a call."""

    THROTTLED = (400, "ThrottlingException")
    REFUSED = (403, "AccessDenied")
    EXPIRED = (403, "ExpiredToken")
    BROKEN = (500, "InternalError")
    DROPPED = (0, "")


class AwsServer:
    """A WSGI application around moto's; `faults(number, service)` is asked before each call, counted from 1."""

    def __init__(self) -> None:
        self._moto = DomainDispatcherApplication(create_backend_app)
        self._counting = threading.Lock()
        self.faults: Callable[[int, str], Fault | None] = lambda number, service: None
        self.regions: tuple[str, ...] = REGION_NAMES
        self.asked: list[tuple[str, str]] = []
        self.url = ""
        self.seeded = False
        self._boundaries: dict[tuple[str, str], str] = {}

    def __call__(self, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        if environ["PATH_INFO"].startswith("/moto-api/"):
            return self._moto(environ, start_response)
        region, service = _scope(environ)
        with self._counting:
            self.asked.append((region, service))
            number = len(self.asked)
        fault = self.faults(number, service)
        if fault is Fault.DROPPED:
            environ["werkzeug.socket"].shutdown(socket.SHUT_RDWR)
            raise ConnectionError("told by the test")
        if fault is not None:
            return _error(service, fault, start_response)
        if environ["PATH_INFO"] == "/v20180820/accesspoint" and region != REGION_NAMES[-1]:
            return _answer("200 OK", "text/xml", "<ListAccessPointsResult/>", start_response)
        if service in _LACKING:
            return _nothing(service, environ, start_response)
        if service in ("iam", "ec2"):
            return self._query(service, environ, start_response)
        return self._moto(environ, start_response)

    def reset(self) -> None:
        """Forget all that was written, asked and planted."""
        moto_api_backend.reset()
        self._boundaries.clear()
        self.seeded = False
        self.listen_anew()

    def listen_anew(self) -> None:
        """Forget what was asked, and make no faults."""
        self.asked.clear()
        self.faults = lambda number, service: None
        self.regions = REGION_NAMES

    def _query(self, service: str, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        environ["wsgi.input"] = _Body(body)
        form = {key: values[0] for key, values in parse_qs(body.decode()).items()}
        if form.get("Action") == "DescribeRegions":
            items = "".join(f"<item><regionName>{name}</regionName></item>" for name in self.regions)
            text = f"<DescribeRegionsResponse><regionInfo>{items}</regionInfo></DescribeRegionsResponse>"
            return _answer("200 OK", "text/xml", text, start_response)
        if form.get("Action") == "CreateUser" and "PermissionsBoundary" in form:
            self._boundaries[_account(environ), form["UserName"]] = form["PermissionsBoundary"]
        if service != "iam" or form.get("Action") != "GetAccountAuthorizationDetails":
            return self._moto(environ, start_response)
        told: list[Any] = []
        text = b"".join(self._moto(environ, lambda *status: told.append(status)))
        bounded = {name: arn for (account, name), arn in self._boundaries.items() if account == _account(environ)}
        page = _dump_page(text, bounded, int(form.get("Marker", "0")))
        start_response("200 OK", [("Content-Type", "text/xml"), ("Content-Length", str(len(page)))])
        return [page]


class _Body:
    """The body of a request, which was read once already."""

    def __init__(self, data: bytes) -> None:
        self._data = data

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        size = len(self._data) if size < 0 else size
        found, self._data = self._data[:size], self._data[size:]
        return found


@contextmanager
def answering() -> Iterator[AwsServer]:
    """Give a server that answers on a free port."""
    application = AwsServer()
    server = make_server("127.0.0.1", 0, application, threaded=True, request_handler=_Quiet)
    application.url = f"http://localhost:{server.port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield application
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def pointing_at(url: str) -> dict[str, str]:
    """Return the environment of a process that asks the server at `url`, and nobody else."""
    kept = {key: value for key, value in os.environ.items() if not key.upper().startswith("AWS_")}
    for proxy in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY"):
        kept.pop(proxy, None)
        kept.pop(proxy.lower(), None)
    return kept | {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "AWS_EC2_METADATA_DISABLED": "true",
        "NO_PROXY": "*",
    }


class _Quiet(MotoRequestHandler):
    def log(self, type: str, message: str, *args: Any) -> None:  # noqa: A002 - its name there
        """Say nothing."""


def _scope(environ: dict[str, Any]) -> tuple[str, str]:
    found = re.search(r"Credential=[^/]+/\d+/([^/]+)/([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    return (found[1], found[2]) if found else ("", "")


def _account(environ: dict[str, Any]) -> str:
    """Return the account of whoever asks: that of the role whose keys he has, else the first one."""
    found = re.search(r"Credential=([^/]+)/", environ.get("HTTP_AUTHORIZATION", ""))
    return str(get_account_id_from(found[1])) if found else MAIN_ACCOUNT


def _error(service: str, fault: Fault, start_response: Start) -> Iterable[bytes]:
    status, code = fault.value
    message = "told by the test \x1b[31m::error::"
    if service in ("s3", "ec2") or service in _QUERY:
        inside = f"<Error><Code>{code}</Code><Message>told by the test ::error::</Message></Error>"
        around = {"s3": "{}", "ec2": "<Response><Errors>{}</Errors></Response>"}
        text = around.get(service, "<ErrorResponse>{}</ErrorResponse>").format(inside)
        kind = "text/xml"
    else:
        text, kind = json.dumps({"__type": code, "message": message}), "application/x-amz-json-1.1"
    return _answer(f"{status} told", kind, text, start_response, ("x-amzn-errortype", code))


def _nothing(service: str, environ: dict[str, Any], start_response: Start) -> Iterable[bytes]:
    if service not in _EMPTY_XML:
        return _answer("200 OK", "application/json", "{}", start_response)
    body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0)).decode()
    action = parse_qs(body)["Action"][0]
    return _answer("200 OK", "text/xml", f"<{action}Response><{action}Result/></{action}Response>", start_response)


def _answer(status: str, kind: str, text: str, start_response: Start, *headers: tuple[str, str]) -> Iterable[bytes]:
    data = text.encode()
    start_response(status, [("Content-Type", kind), ("Content-Length", str(len(data))), *headers])
    return [data]


def _dump_page(text: bytes, bounded: dict[str, str], start: int) -> bytes:
    """Return the page of the dump that begins with the principal or policy number `start`."""
    ET.register_namespace("", _IAM[1:-1])
    tree = ET.fromstring(text)  # noqa: S314 - of moto
    result = tree.find(f"{_IAM}GetAccountAuthorizationDetailsResult")
    assert result is not None
    for user in result.findall(f"{_IAM}UserDetailList/{_IAM}member"):
        _add_boundary(user, bounded.get(str(user.findtext(f"{_IAM}UserName"))))
    policies = result.find(f"{_IAM}Policies")
    for policy in list(policies if policies is not None else ()):
        ET.SubElement(policy, f"{_IAM}PolicyName").text = str(policy.findtext(f"{_IAM}Arn")).rpartition("/")[2]
        if policy.findtext(f"{_IAM}AttachmentCount") == "0":
            policies.remove(policy)  # type: ignore[union-attr]  # there is one in it
    every = [(list_, one) for list_ in result if len(list_) for one in list(list_)]
    for number, (list_, one) in enumerate(every):
        if not start <= number < start + _PAGE:
            list_.remove(one)
    more = start + _PAGE < len(every)
    for name in ("IsTruncated", "Marker"):
        for old in result.findall(f"{_IAM}{name}"):
            result.remove(old)
    ET.SubElement(result, f"{_IAM}IsTruncated").text = "true" if more else "false"
    if more:
        ET.SubElement(result, f"{_IAM}Marker").text = str(start + _PAGE)
    return ET.tostring(tree)


def _add_boundary(user: ET.Element, arn: str | None) -> None:
    if arn:
        boundary = ET.SubElement(user, f"{_IAM}PermissionsBoundary")
        ET.SubElement(boundary, f"{_IAM}PermissionsBoundaryType").text = "PermissionsBoundaryPolicy"
        ET.SubElement(boundary, f"{_IAM}PermissionsBoundaryArn").text = arn
