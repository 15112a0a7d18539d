"""cvc5: is P within Q? By the SMT-LIB that `verifier prove --smtlib` writes: `{"smtlib": ...}` for each question.

Called as `python cvc5_within.py QUESTIONS SECONDS`, in an environment with cvc5; answers are lines like those of
`iamprover_within.py`, without requests.
"""

import json
import sys
import time

import cvc5


def main() -> None:
    """Answer the questions."""
    with open(sys.argv[1], encoding="utf-8") as lines:  # noqa: PTH123 - as short as it can be
        for line in lines:
            script = json.loads(line)["smtlib"]
            cpu, wall = time.process_time(), time.perf_counter()
            solver = cvc5.Solver()
            solver.setOption("strings-exp", "true")
            solver.setOption("tlimit-per", str(round(float(sys.argv[2]) * 1000)))
            reader = cvc5.InputParser(solver)
            reader.setStringInput(cvc5.InputLanguage.SMT_LIB_2_6, script, "question")
            symbols, said = reader.getSymbolManager(), ""
            while not (command := reader.nextCommand()).isNull():
                said = str(command.invoke(solver, symbols)) or said
            found = {"unsat": "Contained", "sat": "Escapes"}.get(said.strip(), "gave up")
            answer = {"said": found, "cpu": time.process_time() - cpu, "wall": time.perf_counter() - wall}
            print(json.dumps(answer), flush=True)


main()
