"""Replays a chain of `delegate` on the evaluator alone: its JSON answer and an account in, what is wrong with it out.

    replay(answer, account)          the sentences about what is wrong; none where the chain stands
    account_of_design(answer, design)    the account that a chain of a design is in

It shares no code with the search: the account is a dictionary, and each move is read from its request and parameters.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from verifier import Decision, Policy, Request, evaluate

ADMINISTRATOR_ACCESS = "arn:aws:iam::aws:policy/AdministratorAccess"
EVERYTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
NOTHING = {"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}
MOST_VERSIONS, MOST_ATTACHED = 5, 10


def replay(answer: Mapping[str, Any], account: Mapping[str, Any]) -> Iterator[str]:
    """Yield what is wrong with the chain of `answer`; `account` is as `tests/delegation/accounts.py` makes it."""
    state = Replayed(account)
    acting = {answer["admin"]}
    *moves, last = answer["chain"]
    for number, step in enumerate(moves):
        if step["as"] not in acting:
            yield f"step {number}: he cannot act as {step['as']}"
        if not state.allows(step["as"], step["request"], state.trust_asked(step)):
            yield f"step {number}: {step['request']['action']} is not allowed"
        wrong = state.ties(step)
        if wrong:
            yield f"step {number}: {wrong}"
        state.take(step, acting)
    if "move" in last:
        yield "the last step is a move"
    service = last["request"]["action"].partition(":")[0]
    if last["as"] not in acting and (last["as"], service) not in state.served:
        yield f"at the end he cannot act as {last['as']}"
    if not state.allows(last["as"], last["request"], None):
        yield "the last request is not allowed"
    own = [account["own"]] if last["as"] == answer["admin"] and "own" in account else []
    for maximum in (account["maximum"], *own):
        found = evaluate([read(maximum)], Request.of(*bare(last["request"])))
        if found.decision is Decision.ALLOWED:
            yield "the last request is within the maximum"


def account_of_design(answer: Mapping[str, Any], design: Mapping[str, Any]) -> dict[str, Any]:
    """The account that a chain of a design is in: the administrator, his boundaries, the outsiders of the answer."""
    policies = {design["boundary_arn"]: managed(design["boundary"])}
    if "own_boundary" in design:
        policies[design["own_boundary_arn"]] = managed(design["own_boundary"])
    admin = somebody({"policy-1": design["policy"]}, design.get("own_boundary_arn"))
    who, groups, runs = {answer["admin"]: admin}, {}, {}
    for arn in answer["outsiders"]:
        if ":policy/" in arn:
            policies[arn] = managed(design["policy"])
            admin |= {"inline": {}, "attached": [arn]}
        elif ":group/" in arn:
            groups[arn] = {"inline": {"everything": EVERYTHING}, "attached": []}
        else:
            who[arn] = somebody({"everything": EVERYTHING}, trust=trusting(f"{arn[:25]}:root"))
            runs[arn] = ["*"]
    own = {"own": design["own"]} if "own" in design else {}
    return {
        "who": who,
        "policies": policies,
        "groups": groups,
        "runs": runs,
        "maximum": design["maximum"],
        **own,
    }


def somebody(inline: dict[str, Any], boundary: str | None = None, trust: Any = None) -> dict[str, Any]:
    """A user or role."""
    return {"inline": inline, "boundary": boundary, "trust": trust, "groups": [], "attached": [], "tags": {}}


def managed(*versions: Any) -> dict[str, Any]:
    """A managed policy; the last of its versions is in force."""
    return {"versions": {f"v{number}": one for number, one in enumerate(versions, 1)}, "default": f"v{len(versions)}"}


def trusting(*arns: str) -> dict[str, Any]:
    """A trust policy for some ARNs, and for every service."""
    statement = {"Effect": "Allow", "Principal": {"AWS": list(arns)}, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def request(parts: Mapping[str, Any]) -> Request:
    """The request of a step."""
    return Request.of(parts["action"], parts["resource"], parts.get("context", {}), parts.get("principal"))


def bare(parts: Mapping[str, Any]) -> tuple[str, str, Mapping[str, Any]]:
    """A request without who asks, which the maximum does not read."""
    return parts["action"], parts["resource"], parts.get("context", {})


def read(document: Any) -> Policy:
    """A document, read once."""
    return _read(json.dumps(document))


@cache
def _read(text: str) -> Policy:
    return Policy.parse(text)


class Replayed:
    """The account, step by step."""

    def __init__(self, account: Mapping[str, Any]) -> None:
        found = copy.deepcopy(dict(account))
        self.who: dict[str, dict[str, Any]] = found["who"]
        self.policies: dict[str, dict[str, Any]] = {ADMINISTRATOR_ACCESS: managed(EVERYTHING), **found["policies"]}
        self.groups: dict[str, dict[str, Any]] = found["groups"]
        self.runs: dict[str, list[str]] = found.get("runs", {})
        self.scps: list[Any] = found.get("scps", [])
        self.resource_policies: dict[str, Any] = found.get("resource_policies", {})
        self.passed = ""
        self.served: set[tuple[str, str]] = set()

    def document(self, arn: str) -> Any:
        """What a managed policy says."""
        one = self.policies[arn]
        return one["versions"][one["default"]]

    def allows(self, arn: str, parts: Mapping[str, Any], trust: tuple[str, Any] | None) -> bool:
        """Whether the evaluator allows the request to `arn`; `trust` is the policy of a role that is assumed."""
        one = self.who[arn]
        carriers = [one, *(self.groups[group] for group in one["groups"])]
        documents = [document for each in carriers for document in each["inline"].values()]
        documents += [self.document(attached) for each in carriers for attached in each["attached"]]
        shown = dict(self.resource_policies) | ({} if trust is None else {trust[0]: trust[1]})
        if shown:
            documents = documents or [{**NOTHING, "Statement": [{**NOTHING["Statement"][0], "Action": "none:None"}]}]
        found = evaluate(
            [read(each) for each in documents or [NOTHING]],
            request(parts),
            boundary=read(self.document(one["boundary"])) if one["boundary"] else None,
            scps=[[read(each) for each in level] for level in self.scps] or None,
            principal=parts.get("principal", arn),
            resource_policies={name: read(each) for name, each in shown.items()} or None,
        )
        return found.decision is Decision.ALLOWED

    def trust_asked(self, step: Mapping[str, Any]) -> tuple[str, Any] | None:
        """The trust policy that takes part in a step."""
        if step["move"] != "AssumeRole":
            return None
        arn = step["request"]["resource"]
        return arn, self.who[arn]["trust"]

    def ties(self, step: Mapping[str, Any]) -> str:
        """What the request says otherwise than the account; empty where it says the same."""
        action, target = step["request"]["action"], step["request"]["resource"]
        context = step["request"].get("context", {})
        said, named = context.get("iam:PermissionsBoundary"), step["parameters"].get("PermissionsBoundary")
        attached = step["parameters"].get("PolicyArn")
        if ":Attach" in action or ":Detach" in action:
            if attached not in self.policies:
                return "there is no such policy"
            if context.get("iam:PolicyARN", attached) != attached:
                return "another policy is named than in the request"
        if action in ("iam:CreateUser", "iam:CreateRole"):
            if any(arn.lower().rpartition("/")[2] == target.lower().rpartition("/")[2] for arn in self.who):
                return "it exists already"
            if named is not None and named not in self.policies:
                return "there is no such boundary"
            return "" if said == named else "another boundary is named than in the request"
        if action.endswith("PermissionsBoundary") and ":Put" in action:
            return "" if said == named and named in self.policies else "the boundary is not the one that is given"
        if target in self.who and said not in (None, self.who[target]["boundary"]):
            return f"its target does not have the boundary {said}"
        if said is None and target in self.who and self.who[target]["boundary"] and action in CARRYING:
            return "the boundary of its target is left out"
        tags = self.who.get(step["as"], {"tags": {}})["tags"]
        return self.tagged(context, tags, "aws:PrincipalTag/") or (
            self.tagged(context, self.who[target]["tags"], "aws:ResourceTag/", "iam:ResourceTag/")
            if target in self.who
            else ""
        )

    @staticmethod
    def tagged(context: Mapping[str, Any], tags: Mapping[str, str], *prefixes: str) -> str:
        """What tags of the context are otherwise than those of somebody."""
        folded = {key.lower(): value for key, value in tags.items()}
        for key, value in context.items():
            for prefix in prefixes:
                if key.lower().startswith(prefix.lower()) and folded.get(key[len(prefix) :].lower()) != value:
                    return f"the tag {key} is not {value}"
        return ""

    def take(self, step: Mapping[str, Any], acting: set[str]) -> None:
        """Change the account as the step does."""
        move, target, parameters = step["move"], step["request"]["resource"], step["parameters"]
        if move in TAKEN:
            TAKEN[move](self, target, parameters)
        elif move in BECOMING:
            acting.add(target)
        elif step["effect"].startswith("he can act as "):  # a way through a service is over with its last action
            arn = step["effect"].removeprefix("he can act as ").partition(";")[0]
            trust = json.dumps(self.who[arn]["trust"]) if arn in self.who else ""
            vouched = "SAMLProvider" in move and "AssumeRoleWithSAML" in trust and f'"{target}"' in trust
            pooled = move.startswith("cognito-identity:") and self.lets_in_users_of(arn, target, parameters)
            if arn == self.passed or self.runs.get(arn) or vouched or pooled:
                acting.add(arn)

    def lets_in_users_of(self, arn: str, target: str, parameters: Mapping[str, Any]) -> bool:
        """Whether a role lets in whoever is a new user of an identity pool, which is the one of the request."""
        pools, pool = "cognito-identity.amazonaws.com", parameters["IdentityPoolId"]
        context = {f"{pools}:aud": pool, f"{pools}:sub": "eu-west-1:ffff", f"{pools}:amr": ["authenticated"]}
        found = evaluate(
            [],
            Request.of("sts:AssumeRoleWithWebIdentity", arn, context, pools),
            principal=pools,
            resource_policies={arn: read(self.who[arn]["trust"])},
        )
        return found.decision is Decision.ALLOWED and target.endswith(f":identitypool/{pool}")

    def create(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A user or role is made."""
        boundary, trust = parameters.get("PermissionsBoundary"), parameters.get("AssumeRolePolicyDocument")
        self.who[target] = somebody({}, boundary, trust)
        self.tag(target, parameters)

    def trust(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A role trusts others."""
        self.who[target]["trust"] = parameters["PolicyDocument"]

    def holder(self, target: str) -> dict[str, Any]:
        """Who holds policies."""
        return self.groups[target] if ":group/" in target else self.who[target]

    def write(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has one more policy."""
        self.holder(target)["inline"][parameters["PolicyName"]] = parameters["PolicyDocument"]

    def erase(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has one policy less."""
        del self.holder(target)["inline"][parameters["PolicyName"]]

    def attach(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has one more managed policy."""
        self.holder(target)["attached"].append(parameters["PolicyArn"])
        assert len(self.holder(target)["attached"]) <= MOST_ATTACHED

    def detach(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has one managed policy less."""
        self.holder(target)["attached"].remove(parameters["PolicyArn"])

    def bound(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has another boundary, or none."""
        self.who[target]["boundary"] = parameters.get("PermissionsBoundary")

    def tag(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has other tags."""
        self.who[target]["tags"].update((one["Key"], one["Value"]) for one in parameters.get("Tags", ()))

    def untag(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Somebody has fewer tags."""
        for key in parameters["TagKeys"]:
            del self.who[target]["tags"][key]

    def make(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A managed policy is made."""
        assert target not in self.policies
        self.policies[target] = managed(parameters["PolicyDocument"])

    def version(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A managed policy says something else."""
        one = self.policies[target]
        number = 1 + max(int(id_[1:]) for id_ in one["versions"])
        one["versions"][f"v{number}"] = parameters["PolicyDocument"]
        one["default"] = f"v{number}"
        assert len(one["versions"]) <= MOST_VERSIONS

    def go_back(self, target: str, parameters: Mapping[str, Any]) -> None:
        """Another version is in force."""
        assert parameters["VersionId"] in self.policies[target]["versions"]
        self.policies[target]["default"] = parameters["VersionId"]

    def forget(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A policy has a version less."""
        assert parameters["VersionId"] != self.policies[target]["default"]
        del self.policies[target]["versions"][parameters["VersionId"]]

    def user(self, name: str) -> dict[str, Any]:
        """The user with a name."""
        (arn,) = [arn for arn in self.who if arn.endswith(f"/{name}") and ":user/" in arn]
        return self.who[arn]

    def join(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A user is in one more group."""
        self.user(parameters["UserName"])["groups"].append(target)

    def leave(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A user is in one group less."""
        self.user(parameters["UserName"])["groups"].remove(target)

    def rename(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A user is in another path."""
        self.who[f"{target.partition(':user/')[0]}:user{parameters['NewPath']}{parameters['UserName']}"] = self.who.pop(
            target
        )

    def serve(self, target: str, parameters: Mapping[str, Any]) -> None:
        """He has credentials of a user for a service."""
        self.served.add((target, parameters.get("ServiceName", "codecommit.amazonaws.com").partition(".")[0]))

    def hand_over(self, target: str, parameters: Mapping[str, Any]) -> None:
        """A service gets a role."""
        assert parameters["RoleArn"] == target
        self.passed = target


TAKEN: dict[str, Callable[[Replayed, str, Mapping[str, Any]], None]] = {
    "CreateUser": Replayed.create,
    "CreateRole": Replayed.create,
    "UpdateAssumeRolePolicy": Replayed.trust,
    **dict.fromkeys(("PutUserPolicy", "PutRolePolicy", "PutGroupPolicy"), Replayed.write),
    **dict.fromkeys(("DeleteUserPolicy", "DeleteRolePolicy", "DeleteGroupPolicy"), Replayed.erase),
    **dict.fromkeys(("AttachUserPolicy", "AttachRolePolicy", "AttachGroupPolicy"), Replayed.attach),
    **dict.fromkeys(("DetachUserPolicy", "DetachRolePolicy", "DetachGroupPolicy"), Replayed.detach),
    "PutUserPermissionsBoundary": Replayed.bound,
    "PutRolePermissionsBoundary": Replayed.bound,
    "DeleteUserPermissionsBoundary": Replayed.bound,
    "DeleteRolePermissionsBoundary": Replayed.bound,
    "TagUser": Replayed.tag,
    "TagRole": Replayed.tag,
    "UntagUser": Replayed.untag,
    "UntagRole": Replayed.untag,
    "CreatePolicy": Replayed.make,
    "CreatePolicyVersion": Replayed.version,
    "SetDefaultPolicyVersion": Replayed.go_back,
    "DeletePolicyVersion": Replayed.forget,
    "AddUserToGroup": Replayed.join,
    "RemoveUserFromGroup": Replayed.leave,
    "PassRole": Replayed.hand_over,
    "UpdateUser": Replayed.rename,
    **dict.fromkeys(("CreateServiceSpecificCredential", "UploadSSHPublicKey"), Replayed.serve),
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
