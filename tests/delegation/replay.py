"""Replays a chain of `delegate` on the evaluator alone: its JSON answer and the design in, what is wrong with it out.

    replay(answer, design)   the sentences about what is wrong; none where the chain stands

It shares no code with the search: the state is a dictionary, and each move is read from its request and parameters.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from verifier import Decision, Policy, Request, evaluate

ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}


def replay(answer: Mapping[str, Any], design: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the chain of `answer`; `design` holds the documents as JSON values."""
    account = Replayed(answer, design)
    acting = {answer["admin"]}
    *moves, last = answer["chain"]
    for number, step in enumerate(moves):
        if step["as"] not in acting:
            yield f"step {number}: he cannot act as {step['as']}"
        trust = account.trust_asked(step)
        if not account.allows(step["as"], step["request"], trust):
            yield f"step {number}: {step['request']['action']} is not allowed"
        wrong = account.ties(step)
        if wrong:
            yield f"step {number}: {wrong}"
        account.take(step, acting)
    if "move" in last:
        yield "the last step is a move"
    if last["as"] not in acting:
        yield f"at the end he cannot act as {last['as']}"
    if not account.allows(last["as"], last["request"], None):
        yield "the last request is not allowed"
    own = [design["own"]] if last["as"] == answer["admin"] and "own" in design else []
    for maximum in (design["maximum"], *own):
        found = evaluate([Policy.parse(json.dumps(maximum))], Request.of(*bare(last["request"])))
        if found.decision is Decision.ALLOWED:
            yield "the last request is within the maximum"


def request(parts: Mapping[str, Any]) -> Request:
    """Return the request of a step."""
    return Request.of(parts["action"], parts["resource"], parts.get("context", {}), parts.get("principal"))


def bare(parts: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    """Return a request without who asks, which the maximum does not read."""
    return parts["action"], parts["resource"], parts.get("context", {})


class Replayed:
    """The account, step by step."""

    def __init__(self, answer: Mapping[str, Any], design: Mapping[str, Any]) -> None:
        self.policies = {
            design["boundary_arn"]: design["boundary"],
            ADMINISTRATOR_ACCESS: EVERYTHING,
            **({design["own_boundary_arn"]: design["own_boundary"]} if "own_boundary" in design else {}),
        }
        self.groups: dict[str, list[Any]] = {}
        self.passed = ""
        self.who: dict[str, dict[str, Any]] = {}
        attached = None
        for arn in answer["outsiders"]:
            if ":policy/" in arn:
                attached, self.policies[arn] = arn, design["policy"]
            elif ":group/" in arn:
                self.groups[arn] = [EVERYTHING]
            else:
                self.who[arn] = self.somebody([EVERYTHING], trusts=[f"{arn[:25]}:root"])
        admin = self.somebody([] if attached else [design["policy"]], design.get("own_boundary_arn"))
        admin["attached"] = [attached] if attached else []
        self.who[answer["admin"]] = admin

    @staticmethod
    def somebody(policies: list[Any], boundary: str | None = None, trusts: list[str] | None = None) -> dict[str, Any]:
        """Return a user or role."""
        return {"policies": policies, "boundary": boundary, "trusts": trusts or [], "groups": [], "attached": []}

    def allows(self, arn: str, parts: Mapping[str, Any], trust: tuple[str, Any] | None) -> bool:
        """Whether the evaluator allows the request to `arn`; `trust` is the policy of a role that is assumed."""
        one = self.who[arn]
        documents = [*one["policies"], *(self.policies[each] for each in one["attached"])]
        documents += [document for group in one["groups"] for document in self.groups[group]]
        boundary = self.policies[one["boundary"]] if one["boundary"] else None
        found = evaluate(
            [Policy.parse(json.dumps(each)) for each in documents or [NOTHING]],
            request(parts),
            boundary=None if boundary is None else Policy.parse(json.dumps(boundary)),
            principal=parts.get("principal", arn),
            resource_policies=None if trust is None else {trust[0]: Policy.parse(json.dumps(trust[1]))},
        )
        return found.decision is Decision.ALLOWED

    def trust_asked(self, step: Mapping[str, Any]) -> tuple[str, Any] | None:
        """Return the trust policy that takes part in a step."""
        if step["move"] != "AssumeRole":
            return None
        arn = step["request"]["resource"]
        principal = {"AWS": self.who[arn]["trusts"]}
        statement = {"Effect": "Allow", "Principal": principal, "Action": "sts:AssumeRole"}
        return arn, {"Version": "2012-10-17", "Statement": [statement]}

    def ties(self, step: Mapping[str, Any]) -> str:
        """Return what the request says otherwise than the account; empty where it says the same."""
        action, target = step["request"]["action"], step["request"]["resource"]
        said = step["request"].get("context", {}).get("iam:PermissionsBoundary")
        named = step["parameters"].get("PermissionsBoundary")
        if action in ("iam:CreateUser", "iam:CreateRole"):
            if target in self.who:
                return "it exists already"
            return "" if said == named else "another boundary is named than in the request"
        if action.endswith("PermissionsBoundary") and ":Put" in action:
            return "" if said == named and named in self.policies else "the boundary is not the one that is given"
        if target in self.who and said not in (None, self.who[target]["boundary"]):
            return f"its target does not have the boundary {said}"
        if said is None and target in self.who and self.who[target]["boundary"] and action in CARRYING:
            return "the boundary of its target is left out"
        return ""

    def take(self, step: Mapping[str, Any], acting: set[str]) -> None:
        """Change the account as the step does."""
        move, target, parameters = step["move"], step["request"]["resource"], step["parameters"]
        if move in TAKEN:
            TAKEN[move](self, target, parameters)
        elif move in BECOMING:
            acting.add(target)
        elif step["effect"].startswith("he can act as "):  # a way through a service is over with its last action
            arn = step["effect"].removeprefix("he can act as ")
            if arn == self.passed or arn.endswith("/what-runs-there"):
                acting.add(arn)

    def create(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A user or role is made."""
        trust = parameters.get("AssumeRolePolicyDocument")
        trusts = trust["Statement"][0]["Principal"]["AWS"] if trust else []
        self.who[target] = self.somebody([], parameters.get("PermissionsBoundary"), trusts)

    def trust(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A role trusts others."""
        self.who[target]["trusts"] = list(parameters["PolicyDocument"]["Statement"][0]["Principal"]["AWS"])

    def write(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has one more policy."""
        self.who[target]["policies"].append(parameters["PolicyDocument"])

    def attach(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has one more managed policy."""
        self.who[target]["policies"].append(self.policies[parameters["PolicyArn"]])

    def bound(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has another boundary, or none."""
        self.who[target]["boundary"] = parameters.get("PermissionsBoundary")

    def version(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A managed policy says something else, or is made."""
        self.policies[target] = parameters["PolicyDocument"]

    def put_group(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A group has one more policy."""
        self.groups[target].append(parameters["PolicyDocument"])

    def join(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A user is in one more group."""
        (user,) = [arn for arn in self.who if arn.endswith(f"/{parameters['UserName']}") and ":user/" in arn]
        self.who[user]["groups"].append(target)

    def hand_over(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A service gets a role."""
        assert parameters["RoleArn"] == target
        self.passed = target


TAKEN: dict[str, Callable[[Replayed, str, Mapping[str, Any]], None]] = {
    "CreateUser": Replayed.create,
    "CreateRole": Replayed.create,
    "UpdateAssumeRolePolicy": Replayed.trust,
    "PutUserPolicy": Replayed.write,
    "PutRolePolicy": Replayed.write,
    "AttachUserPolicy": Replayed.attach,
    "AttachRolePolicy": Replayed.attach,
    "PutUserPermissionsBoundary": Replayed.bound,
    "PutRolePermissionsBoundary": Replayed.bound,
    "DeleteUserPermissionsBoundary": Replayed.bound,
    "DeleteRolePermissionsBoundary": Replayed.bound,
    "CreatePolicyVersion": Replayed.version,
    "CreatePolicy": Replayed.version,
    "PutGroupPolicy": Replayed.put_group,
    "AddUserToGroup": Replayed.join,
    "PassRole": Replayed.hand_over,
}
BECOMING = ("CreateAccessKey", "CreateLoginProfile", "UpdateLoginProfile", "AssumeRole")
CARRYING = (
    "iam:PutUserPolicy",
    "iam:PutRolePolicy",
    "iam:AttachUserPolicy",
    "iam:AttachRolePolicy",
    "iam:UpdateAssumeRolePolicy",
    "iam:DeleteUserPermissionsBoundary",
    "iam:DeleteRolePermissionsBoundary",
)
