"""boto3, as the rest of the room uses it: who asks, pages of answers, retries, errors.

    AwsCaller                  somebody who may ask: his session, and which account he is in
    AwsCaller.ask              one call, with all pages of its answer
    AwsCaller.walk             a chain of calls, with what could not be read
    caller_of               the caller of a profile

Pages are boto3's own, also where botocore has no paginator for an operation. Retries are boto3's: its standard mode
with ten attempts, unless the configuration or the environment of the user sets `adaptive` or a number. Documents of IAM
are left as the texts that AWS sends, because boto3 would read them with the last of two equal keys.

A call that fails raises `NotRead`; one that fails because the credentials have expired, or because AWS cannot be
reached at all, raises UsageError: nothing that follows could be read either.
"""

from __future__ import annotations

import re
import threading
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import boto3
import jmespath
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, EndpointConnectionError, HTTPClientError
from botocore.handlers import json_decode_policies
from botocore.paginate import Paginator, PaginatorModel
from botocore.parsers import ResponseParserError

from verifier.base.errors import UsageError, quote
from verifier.base.regex import regex
from verifier.base.safe import printable, short
from verifier.fetch.calls import ASSUME_ROLE, WHO_AM_I, Call, CallChain, Given, NotRead, Unread

ATTEMPTS = 10
_DEFAULT_REGION = "us-east-1"
_EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"})
_AGAIN = "run the same command again: it goes on where it stopped"
_LOST = (HTTPClientError, EndpointConnectionError)
_MOST_LOST = 20
_NAME = regex(r"\{(\w+)\}")


class AwsCaller:
    """Somebody who may ask, and the account that he is in. Safe to be used by several threads."""

    def __init__(self, session: Any) -> None:
        self._session = session
        self._clients: dict[tuple[str, str], Any] = {}
        self._making = threading.Lock()
        self._lost = _MOST_LOST - 1  # the first call tells whether there is a network at all
        self._stopped = False
        who = self.only(WHO_AM_I, {})
        self.arn = str(who["arn"])
        self.account = str(who["account"])
        if not re.fullmatch(r"\d{12}", self.account):
            raise UsageError(f"{quote(self.account)} is not the number of an account", help="check the endpoint of STS")
        self.partition = self.arn.split(":")[1]

    @property
    def region(self) -> str:
        """Where services are asked that are the same in all regions."""
        return str(self._session.region_name or _DEFAULT_REGION)

    def as_role(self, role: str) -> AwsCaller:
        """Return the caller that has assumed the role with the ARN `role`. Raises NotRead where he may not."""
        keys = self.only(ASSUME_ROLE, {"role": role})
        session = boto3.Session(
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["SessionToken"],
            region_name=self.region,
        )
        return AwsCaller(session)

    def close(self) -> None:
        """Make every call that follows fail, also those of other threads, and close the connections."""
        self._stopped = True
        with self._making:
            for client in self._clients.values():
                client.close()

    def offers(self, client: str, region: str) -> bool:
        """Return whether a service is offered in a region, as far as boto3 knows."""
        known = self._session.get_available_regions(client, partition_name=self.partition)
        return not known or region in known

    def only(self, call: Call, known: Given, region: str | None = None) -> Given:
        """Return what a call gives that gives one object, none where there is nothing. Raises NotRead."""
        return next(iter(self.ask(call, known, region)), {})

    def ask(self, call: Call, known: Given, region: str | None = None) -> list[Any]:
        """Return what a call gives, all of its pages; `known` fills its parameters.

        Raises NotRead where it was not answered, UsageError where no other call would be.
        """
        where = region or self.region
        if self._stopped:
            raise NotRead(_unread(call, where, known, "Stopped", ""))
        try:
            pages = self._pages(call, with_values(call.parameters, known), where)
            given = [one for page in pages for one in _listed(jmespath.search(call.gives, page))]
        except ClientError as error:
            self._lost = 0
            answer = error.response.get("Error", {})
            code = str(answer.get("Code", type(error).__name__))
            if code in call.nothing:
                return []
            if code in _EXPIRED:
                raise UsageError("the credentials have expired", help=f"sign in again; then {_AGAIN}") from None
            raise NotRead(_unread(call, where, known, code, str(answer.get("Message", "")))) from None
        except (BotoCoreError, ResponseParserError) as error:
            self._count_lost(error)
            raise NotRead(_unread(call, where, known, type(error).__name__, str(error))) from None
        self._lost = 0
        return given

    def walk(self, chain: CallChain, region: str) -> tuple[list[Given], list[Unread]]:
        """Return what the last call of a chain gives, with `arn`, and the calls that were not answered."""
        found: list[Given] = [{"partition": self.partition, "account": self.account, "region": region}]
        unread: list[Unread] = []
        for call in chain.calls:
            found = list(self._next(call, found, region, unread))
        return [{**one, "arn": with_values(chain.arn, one)} for one in found], unread

    def _next(self, call: Call, known: Iterable[Given], region: str, unread: list[Unread]) -> Iterator[Given]:
        for one in known:
            try:
                yield from ({**one, **given} for given in self.ask(call, one, region))
            except NotRead as refused:
                unread.append(refused.unread)

    def _pages(self, call: Call, parameters: Mapping[str, Any], region: str) -> Iterator[Any]:
        client = self._client(call.client, region)
        if client.can_paginate(call.operation):
            yield from client.get_paginator(call.operation).paginate(**parameters)
            return
        operation = getattr(client, call.operation)
        if call.next_token is None:
            yield operation(**parameters)
            return
        name = client.meta.method_to_api_mapping[call.operation]
        sent, received = call.next_token
        tokens = {"input_token": sent, "output_token": received, "result_key": call.gives.partition("[")[0]}
        model = PaginatorModel({"pagination": {name: tokens}}).get_paginator(name)
        paginator: Any = Paginator(operation, model, client.meta.service_model.operation_model(name))
        yield from paginator.paginate(**parameters)

    def _client(self, name: str, region: str) -> Any:
        with self._making:  # a session makes one client at a time
            if (name, region) not in self._clients:
                client = self._session.client(name, region_name=region, config=_config(self._session))
                if name == "iam":
                    client.meta.events.unregister("after-call.iam", json_decode_policies)
                self._clients[name, region] = client
            return self._clients[name, region]

    def _count_lost(self, error: Exception) -> None:
        """Raise UsageError where one call after the other did not reach AWS."""
        self._lost = self._lost + 1 if isinstance(error, _LOST) else 0
        if self._lost >= _MOST_LOST:
            raise UsageError(printable(f"AWS cannot be reached: {error}"), help=f"check the network; then {_AGAIN}")


def caller_of(profile: str | None) -> AwsCaller:
    """Return the caller whose credentials boto3 finds. Raises UsageError where there are none that AWS takes."""
    try:
        return AwsCaller(boto3.Session(profile_name=profile))
    except NotRead as refused:
        unread = refused.unread
        message = printable(f"AWS does not take the credentials: {unread.reason}: {unread.message}")
    except BotoCoreError as error:
        message = printable(f"no credentials of AWS: {error}")
    raise UsageError(message, help="sign in, or name another profile with `--profile`") from None


def with_values(template: Any, known: Given) -> Any:
    """Return `template` with what is known in place of each `{name}`; what is one name keeps its type."""
    if isinstance(template, Mapping):
        return {key: with_values(value, known) for key, value in template.items()}
    if isinstance(template, list):
        return [with_values(value, known) for value in template]
    if not isinstance(template, str):
        return template
    whole = _NAME.fullmatch(template)
    return known[whole[1]] if whole else _NAME.sub(lambda found: str(known[found[1]]), template)


def _listed(given: Any) -> list[Any]:
    if given is None:
        return []
    return list(given) if isinstance(given, list) else [given]


def _config(session: Any) -> Config:
    """Return how clients call: standard retries, unless the user's configuration sets others."""
    configured = session._session.get_config_variable  # noqa: SLF001 - boto3 shows its session of botocore nowhere else
    mode = configured("retry_mode")
    attempts = configured("max_attempts")
    return Config(
        retries={"mode": mode if mode == "adaptive" else "standard", "total_max_attempts": int(attempts or ATTEMPTS)},
        user_agent_extra="verifier-fetch-account",
    )


def _unread(call: Call, region: str, known: Given, reason: str, message: str) -> Unread:
    resource = next((str(known[name]) for name in ("arn", "name", "id", "role", "url") if known.get(name)), None)
    operation = call.action or f"{call.client}:{call.operation}"
    return Unread(operation, region, resource, short(reason, 200), short(message, 1_000))
