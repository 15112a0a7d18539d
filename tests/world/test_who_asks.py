"""The world of AWS's catalogue where it is told who asks."""

from __future__ import annotations

import json

from verifier import Escapes, Policy, prove


def test_every_request_can_have_who_asks():
    """Who asks is a hidden key, which the catalogue lists for no action."""
    granted, maximum = (
        Policy.parse(
            json.dumps({"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": action, "Resource": "*"}})
        )
        for action in ("s3:GetObject", "sqs:*")
    )
    for world in ("all", "aws"):
        found = prove(policies=[granted], maximum=maximum, principal="arn:aws:iam::111122223333:user/jane", world=world)
        assert isinstance(found, Escapes), world
