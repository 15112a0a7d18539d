"""iamprover: is P within Q? `allowed` of P and not `allowed` of Q, as its docs/API.md says for analyses of one's own.

Called as `python iamprover_within.py QUESTIONS SECONDS`, in an environment with iamprover: it reads a line of
`{"p": ..., "q": ...}` for each question, and prints a line of `{"said", "cpu", "wall", "request"}` for each answer.
"""

import json
import sys
import time

import z3  # type: ignore[import-untyped,unused-ignore]
from iamprover.engine.context import Context  # type: ignore[import-not-found]
from iamprover.engine.encoder import allowed  # type: ignore[import-not-found]
from iamprover.model import Principal  # type: ignore[import-not-found]
from iamprover.parsers.iam import parse_policy_document  # type: ignore[import-not-found]

ARN = "arn:aws:iam::111122223333:user/jane"


def main() -> None:
    """Answer the questions."""
    limit = round(float(sys.argv[2]) * 1000)
    with open(sys.argv[1], encoding="utf-8") as lines:  # noqa: PTH123 - as short as it can be
        for line in lines:
            cpu, wall = time.process_time(), time.perf_counter()
            question = json.loads(line)
            action, resource, context = z3.String("action"), z3.String("resource"), Context("")
            p, q = (
                allowed(Principal(ARN, [parse_policy_document(name, question[name])]), action, resource, context)
                for name in "pq"
            )
            solver = z3.Solver()
            solver.set("timeout", limit)
            solver.add(p, z3.Not(q))
            found = {"unsat": "Contained", "sat": "Escapes"}.get(str(solver.check()), "gave up")
            answer = {"said": found, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
            if found == "Escapes":
                model = solver.model()
                texts = [model.eval(one, model_completion=True).as_string() for one in (action, resource)]
                answer["request"] = {"action": texts[0], "resource": texts[1], "context": context.assignments(model)}
            print(json.dumps(answer), flush=True)


main()
