"""Where policies of resources cannot allow more than a maximum is told from their actions, which may never be wrong."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest

from verifier import Policy
from verifier.clouds.aws.audit.with_resources import escape_of, may_exceed
from verifier.clouds.aws.documents import Documents
from verifier.clouds.aws.principals.asking import Asking
from verifier.clouds.aws.principals.principal import read_principal
from verifier.clouds.aws.principals.resource_policy import ShownPolicy
from verifier.questions.ask import Ask

JANE, ROLE, BUCKET = "arn:aws:iam::111122223333:user/jane", "arn:aws:iam::111122223333:role/app", "arn:aws:s3:::b"
ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}
TRUST: dict[str, dict[str, Any]] = {
    "spelled": {"Action": "sts:AssumeRole"},
    "two": {"Action": ["sts:AssumeRole", "sts:TagSession"]},
    "wildcard": {"Action": "sts:*"},
    "everything": {"Action": "*"},
    "all but one": {"NotAction": "sts:GetCallerIdentity"},
}
SHOWN = {name: (ROLE, {"Effect": "Allow", "Principal": {"AWS": JANE}} | says) for name, says in TRUST.items()}
SHOWN["bucket"] = (
    BUCKET,
    {"Effect": "Allow", "Principal": {"AWS": JANE}, "Action": "s3:GetObject", "Resource": f"{BUCKET}/*"},
)
MAXIMA: dict[str, list[dict[str, Any]]] = {
    "everything": [ALL],
    "services that begin so": [{"Effect": "Allow", "Action": "s*:*", "Resource": "*"}],
    "no IAM": [ALL, {"Effect": "Deny", "Action": "iam:*", "Resource": "*"}],
    "not this role": [ALL, {"Effect": "Deny", "Action": "STS:assume*", "Resource": ROLE}],
    "nothing but S3": [ALL, {"Effect": "Deny", "NotAction": "s3:*", "Resource": "*"}],
    "S3": [{"Effect": "Allow", "Action": "s3:*", "Resource": "*"}],
    "one role": [{"Effect": "Allow", "Action": "*", "Resource": ROLE}],
    "another role": [{"Effect": "Allow", "Action": "*", "NotResource": ROLE}],
    "with TLS": [{**ALL, "Condition": {"Bool": {"aws:SecureTransport": "true"}}}],
    "all but one": [{"Effect": "Allow", "NotAction": "sts:AssumeRole", "Resource": "*"}],
}
SURE = {
    *itertools.product(("spelled", "two", "bucket"), ("everything", "no IAM")),
    *itertools.product(("bucket",), ("not this role", "S3")),
}


def policy(statements: list[dict[str, Any]]) -> Policy:
    return Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statements}))


@pytest.mark.parametrize(("name", "maximum"), list(itertools.product(SHOWN, MAXIMA)))
def test_nothing_is_left_unasked_that_escapes(name: str, maximum: str) -> None:
    resource, statement = SHOWN[name]
    shown, limit = ShownPolicy(resource, policy([statement]), "111122223333"), policy(MAXIMA[maximum])
    may = may_exceed([shown], limit)
    assert may is ((name, maximum) not in SURE)
    documents = Documents((), asking=Asking(read_principal(JANE), (shown,)))
    assert may or escape_of([(documents, ())], limit, Ask()) is None
