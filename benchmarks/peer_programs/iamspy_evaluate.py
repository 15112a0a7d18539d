"""IAMSpy: one request evaluated, `Model.load_gaad` and `Model.can_i` as its README says.

Called as `python iamspy_evaluate.py LINES`, in an environment with IAMSpy: it reads lines of `verifier batch`, with
`evaluate`, and prints a line of `{"said": ...}` for each answer.
"""

import json
import sys
import tempfile
from pathlib import Path

from iamspy import Model  # type: ignore[import-not-found]

ARN = "arn:aws:iam::111122223333:user/jane"


def account(policy: object) -> dict[str, object]:
    """Return an account like `aws iam get-account-authorization-details` prints it, with one user."""
    user = {"Arn": ARN, "UserName": "jane", "Path": "/", "UserId": "AIDA", "CreateDate": "2026-01-01T00:00:00Z"}
    inline = {"PolicyName": "policy", "PolicyDocument": policy}
    rest: dict[str, object] = {"GroupList": [], "AttachedManagedPolicies": [], "Tags": []}
    users = [{**user, **rest, "UserPolicyList": [inline]}]
    return {"UserDetailList": users, "GroupDetailList": [], "RoleDetailList": [], "Policies": []}


def main() -> None:
    """Answer the lines."""
    with tempfile.TemporaryDirectory() as folder, Path(sys.argv[1]).open(encoding="utf-8") as lines:
        path = Path(folder) / "account.json"
        for line in lines:
            question = json.loads(line)
            path.write_text(json.dumps(account(question["policies"][0])), encoding="utf-8")
            request = question["request"]
            conditions = [f"{key}={value}" for key, value in request["context"].items() if isinstance(value, str)]
            try:
                model = Model()
                model.load_gaad(str(path))
                found = model.can_i(
                    ARN, request["action"], request["resource"], conditions=conditions, strict_conditions=True
                )
                said = "allowed" if found else "denied"
            except Exception as error:  # noqa: BLE001 - whatever a peer raises is its answer
                said = f"error: {type(error).__name__}: {str(error)[:100]}"
            print(json.dumps({"said": said}), flush=True)


main()
