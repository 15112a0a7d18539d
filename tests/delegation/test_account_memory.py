"""What proofs about one account remember is what a proof says that asks about everything: most policies are not asked.

The policies are the smallest ones that name an action of the table in each way that there is, and those that do not.
"""

from __future__ import annotations

import json

import pytest

from verifier import Policy
from verifier.clouds.aws.audit.shapes import denial
from verifier.clouds.aws.delegation.account_memory import ProofMemory
from verifier.clouds.aws.delegation.changing_actions import changing_of
from verifier.clouds.aws.delegation.proof import allows_some
from verifier.clouds.aws.documents import Documents
from verifier.questions.ask import Ask
from verifier.questions.verdict import Contained

ASK = Ask(60.0)
TABLE = ("iam:CreateUser", "iam:PutUserPolicy", "organizations:*", "s3:PutBucketPolicy")
EVERY = {"Effect": "Allow", "Action": "*"}
POLICIES = {
    "another action": [{"Effect": "Allow", "Action": "s3:GetObject"}],
    "another service": [{"Effect": "Allow", "Action": "sqs:*"}],
    "in another case": [{"Effect": "Allow", "Action": "IAM:createuser"}],
    "by its beginning": [{"Effect": "Allow", "Action": "s3:Put*"}],
    "by its end": [{"Effect": "Allow", "Action": "s3:*Policy"}],
    "by a wildcard in the service": [{"Effect": "Allow", "Action": "i?m:Create*"}],
    "all but another": [{"Effect": "Allow", "NotAction": "s3:*"}],
    "all but the table": [{"Effect": "Allow", "NotAction": ["iam:*", "organizations:*", "s3:*"]}],
    "a whole service, to look": [{"Effect": "Allow", "Action": "organizations:Describe*"}],
    "a whole service, to change": [{"Effect": "Allow", "Action": "organizations:AttachPolicy"}],
    "denied": [EVERY, {"Effect": "Deny", "Action": "*"}],
    "denied in part": [EVERY, {"Effect": "Deny", "Action": ["iam:*", "s3:*"]}],
    "only denied": [{"Effect": "Deny", "Action": "iam:CreateUser"}],
}


@pytest.mark.parametrize("name", POLICIES)
def test_what_is_remembered_is_what_a_proof_says(name: str) -> None:
    statements = [{"Resource": "*"} | one for one in POLICIES[name]]
    documents = Documents((Policy.parse(json.dumps({"Version": "2012-10-17", "Statement": statements})),))

    def allowed(*actions: str) -> bool:
        return not isinstance(allows_some(documents, [denial(actions)], ASK), Contained)

    memory = ProofMemory(TABLE, TABLE, ASK)
    assert memory.is_idle(documents) is not allowed(*(each for one in TABLE for each in changing_of(one)))
    assert memory.open(documents) == frozenset(one for one in TABLE if allowed(one))
