"""Do documents made to be hard get a sound answer, and in time?

Question   traps: `*a*a*a*...`, runs of `?`, hundreds of overlapping infix patterns in actions, resources and values,
           unions that only together cover a pattern, many ForAnyValue demands, many variables in a template, typed
           and string operators mixed on one key, networks that add up, and pigeons without enough holes.
Target     every answer within the time limit and a moment (two seconds); every answer sound.
Measured   the wall time of one `prove` with its verdict shown, documents parsed, limit 5 s (`--timeout`). An `Escapes`
           is replayed through the evaluator. A `Contained` is checked against the answer that the trap is built to
           have; and each trap is also asked in a small size in which the evaluator looks at every request over a few
           letters: none may escape where the answer is `Contained`. `Undecided` is sound, and counted. Then Hypothesis
           looks for the worst document: random ones over few letters, aiming at time (`target`), seeded, `--examples`
           of them, every answer checked by the evaluator against random requests; the worst is printed.
"""

from __future__ import annotations

import itertools
import json
import random
import string
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import hypothesis
from hypothesis import HealthCheck, Phase, settings, target
from hypothesis import strategies as st
from measure import Report, Target, cpu_time, parser, peak_memory, seconds

from verifier import Contained, Escapes, Policy, Request, Undecided, Verdict, prove
from verifier.clouds.aws.evaluate.evaluate import allows

Document = dict[str, Any]
ARN = "arn:aws:s3:::"
TEAM, TAGS = "aws:PrincipalTag/team", "aws:TagKeys"
MOMENT = 2.0
SEARCH_LIMIT = 2.0


@dataclass(frozen=True)
class Question:
    """Documents as JSON; `levels` are SCPs, each of one document."""

    policy: Document
    maximum: Document
    levels: list[Document] = field(default_factory=list)


@dataclass(frozen=True)
class Trap:
    """`build` makes the question of a size; `contained` is the right answer; `near` are requests for the small one."""

    build: Callable[[int], Question]
    size: int
    small: int
    contained: bool
    near: Callable[[], Iterable[Request]]


def main() -> None:
    """Ask every trap, search for worse, and report."""
    options = parser(__doc__)
    options.add_argument("--timeout", type=float, default=5.0, help="seconds a trap (default: %(default)s)")
    options.add_argument("--examples", type=int, default=200, help="of the search (default: %(default)s)")
    options.add_argument("--trap", choices=TRAPS, help="only this one, and no search")
    chosen = options.parse_args()
    found = Report("traps")
    unsound: list[str] = []
    times: dict[str, float] = {}
    verdicts: dict[str, str] = {}
    for name in [chosen.trap] if chosen.trap else TRAPS:
        before = cpu_time()
        verdict, times[name] = asked(TRAPS[name], TRAPS[name].size, chosen.timeout)
        busy = cpu_time() - before
        verdicts[name] = type(verdict).__name__
        found.figures[name] = (
            f"{verdicts[name]:9} {seconds(times[name]):>8}, CPU {seconds(busy)} with building and parsing"
        )
        if isinstance(verdict, Undecided):
            found.figures[name] += f"  {verdict.reason}"
        unsound += [f"{name}: {why}" for why in wrongs(TRAPS[name], verdict, chosen.timeout)]
        print(f"{name}: {found.figures[name]}", flush=True)
    found.figures["verdicts"] = ", ".join(f"{many} {kind}" for kind, many in sorted(Counter(verdicts.values()).items()))
    if not chosen.trap:
        worst = Worst(chosen.seed)
        search(worst, chosen.examples, chosen.seed)
        unsound += worst.wrong
        found.figures |= worst.figures()
        found.series["worst"] = worst.shown()
    found.figures["unsound"] = "; ".join(unsound) or "none"
    found.figures["peak memory"] = f"{peak_memory() / 2**20:,.0f} MiB"
    found.targets = [
        Target("worst trap", max(times.values()), chosen.timeout + MOMENT, "s"),
        Target("unsound answers", len(unsound), 0, "answers"),
    ]
    if not chosen.trap:
        found.targets.insert(1, Target("worst document of the search", worst.seconds, SEARCH_LIMIT + MOMENT, "s"))
    found.series |= {"times": times, "verdicts": verdicts, "limit": chosen.timeout}
    found.finish(chosen.json)
    if not chosen.trap:
        print(f"the worst question found: {json.dumps(found.series['worst'])}")


def asked(trap: Trap, size: int, timeout: float) -> tuple[Verdict, float]:
    """Ask a trap in one size, and show the verdict; return it and the wall time."""
    policy, maximum, levels = parsed(trap.build(size))
    begun = time.perf_counter()
    verdict = prove(policies=[policy], maximum=maximum, scps=levels, timeout=timeout)
    str(verdict)
    return verdict, time.perf_counter() - begun


def parsed(question: Question) -> tuple[Policy, Policy, list[Policy]]:
    """Return the documents of a question."""
    policy, maximum, *levels = (
        Policy.parse(json.dumps(one)) for one in (question.policy, question.maximum, *question.levels)
    )
    return policy, maximum, levels


def wrongs(trap: Trap, verdict: Verdict, timeout: float) -> Iterator[str]:
    """Yield what is wrong with the verdict, and with that of the small size."""
    if isinstance(verdict, Contained) and not trap.contained:
        yield "contained, but built to escape"
    if isinstance(verdict, Escapes):
        if trap.contained:
            yield "escapes, but built to be contained"
        if not escapes(*parsed(trap.build(trap.size)), verdict.request):
            yield "the request does not escape"
    small, _ = asked(trap, trap.small, timeout)
    documents = parsed(trap.build(trap.small))
    escaping = next((request for request in trap.near() if escapes(*documents, request)), None)
    if escaping is not None and (isinstance(small, Contained) or trap.contained):
        yield f"in size {trap.small}, {escaping} escapes"
    if isinstance(small, Escapes) and not escapes(*documents, small.request):
        yield f"in size {trap.small}, the request does not escape"


def escapes(policy: Policy, maximum: Policy, levels: list[Policy], request: Request) -> bool:
    """Whether the evaluator says that the documents allow the request and the maximum does not."""
    return all(allows([one], request) for one in (policy, *levels)) and not allows([maximum], request)


# The requests near a trap: every text over a few letters up to a length.


def texts(letters: str, longest: int) -> Iterator[str]:
    """Yield every text over `letters`, the short ones first."""
    for length in range(longest + 1):
        yield from map("".join, itertools.product(letters, repeat=length))


def on_resources() -> Iterator[Request]:
    """Yield requests that differ in the resource."""
    return (Request.of("s3:getobject", ARN + text, {}) for text in texts("ab", 9) if text)


def on_actions() -> Iterator[Request]:
    """Yield requests that differ in the action."""
    return (Request.of(f"s3:{text}", "*", {}) for text in texts("abc", 6) if text)


def on_teams() -> Iterator[Request]:
    """Yield requests that differ in a tag of the principal, or have none."""
    yield Request.of("s3:getobject", "*", {})
    yield from (Request.of("s3:getobject", "*", {TEAM: text}) for text in texts("ab", 8))


def on_tag_keys() -> Iterator[Request]:
    """Yield requests that differ in a list of tag keys."""
    yield Request.of("s3:getobject", "*", {})
    words = ("t0", "t1", "t2", "t0t1", "other")
    for length in range(4):
        for chosen in itertools.product(words, repeat=length):
            yield Request.of("s3:getobject", "*", {TAGS: list(chosen)})


def on_variables() -> Iterator[Request]:
    """Yield requests that differ in the resource and in two tags of the principal."""
    for first, second in itertools.product(("", "a", "b", "a/b"), repeat=2):
        context = {"aws:PrincipalTag/v0": first, "aws:PrincipalTag/v1": second}
        yield from (Request.of("s3:getobject", ARN + text, context) for text in texts("ab/", 5) if text)


def on_numbers() -> Iterator[Request]:
    """Yield requests that differ in a number."""
    written = ("", "x", "1", "10", "11", "12", "12.0", "012", "19", "19.5", "20", "100", "-1", "1e1", "15x")
    return (Request.of("s3:getobject", "*", {"custom:n": one}) for one in written)


def on_addresses() -> Iterator[Request]:
    """Yield requests that differ in the address they come from."""
    written = ("10.0.0.0", "10.63.255.255", "10.64.0.0", "10.128.0.1", "10.255.255.255", "11.0.0.0", "::1")
    return (Request.of("s3:getobject", "*", {"aws:SourceIp": one}) for one in written)


def on_holes() -> Iterator[Request]:
    """Yield requests that differ in the tags that say which pigeon sits in which hole."""
    seats = [f"aws:RequestTag/p{pigeon}h{hole}" for pigeon in range(3) for hole in range(2)]
    for chosen in itertools.product((False, True), repeat=len(seats)):
        yield Request.of("s3:getobject", "*", {seat: "x" for seat, sits in zip(seats, chosen, strict=True) if sits})


# The traps.


def document(*statements: Document) -> Document:
    """Return a document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def allow(actions: str | list[str] = "s3:*", on: str | list[str] = "*", **tests: Document) -> Document:
    """Return an Allow statement; `tests` are conditions."""
    return {"Effect": "Allow", "Action": actions, "Resource": on} | ({"Condition": tests} if tests else {})


def on(resource: str | list[str]) -> Document:
    """Return a document that allows all of S3 on a resource."""
    return document(allow("s3:*", resource))


def team(values: str | list[str]) -> Document:
    """Return a document that allows all of S3 where the tag `team` is like one of `values`."""
    return document(allow(StringLike={TEAM: values}))


def stars(more: int) -> Callable[[int], Question]:
    """`*a` many times, in a maximum with `more` of them."""
    return lambda size: Question(on(f"{ARN}{'*a' * size}*"), on(f"{ARN}{'*a' * (size + more)}*"))


def gaps(more: int) -> Callable[[int], Question]:
    """`*?a` many times."""
    return lambda size: Question(on(f"{ARN}{'*?a' * size}*"), on(f"{ARN}{'*?a' * (size + more)}*"))


def marks(more: int) -> Callable[[int], Question]:
    """A run of `?` and a `*`, in a maximum with a run that is longer by `more`."""
    return lambda size: Question(on(f"{ARN}{'?' * size}*"), on(f"{ARN}{'?' * (size + more)}*"))


def infixes(count: int) -> list[str]:
    """Return patterns `*xy*` that overlap each other in every way."""
    letters = "abc" + string.ascii_lowercase[3:]
    return [f"*{one}{other}*" for one, other in itertools.islice(itertools.product(letters, repeat=2), count)]


def infix_actions(left_out: int) -> Callable[[int], Question]:
    """Overlapping infix patterns as actions, each in a statement of its own in the maximum."""

    def build(size: int) -> Question:
        names = [f"s3:{one}" for one in infixes(size)]
        return Question(document(allow(names)), document(*map(allow, names[: size - left_out])))

    return build


def infix_resources(left_out: int) -> Callable[[int], Question]:
    """The same in resources."""

    def build(size: int) -> Question:
        names = [ARN + one for one in infixes(size)]
        return Question(on(names), document(*(allow("s3:*", one) for one in names[: size - left_out])))

    return build


def infix_values(left_out: int) -> Callable[[int], Question]:
    """The same in the values of a tag."""

    def build(size: int) -> Question:
        names = infixes(size)
        parts = (allow(StringLike={TEAM: one}) for one in names[: size - left_out])
        return Question(team(names), document(*parts))

    return build


def infix_denies(size: int) -> Question:
    """Everything that none of many overlapping infix patterns matches, within the same said as one NotResource."""
    names = [ARN + one for one in infixes(size)]
    denied = document(allow(), *({"Effect": "Deny", "Action": "*", "Resource": one} for one in names))
    return Question(denied, document({"Effect": "Allow", "Action": "s3:*", "NotResource": names}))


def lengths(size: int, left_out: int | None) -> list[str]:
    """Return patterns that together cover `a*`, told apart by length; without one of them, they do not."""
    found = [f"a{'?' * length}" for length in range(size)]
    if left_out is not None:
        found.pop(left_out)
    return [*found, f"a{'?' * size}*"]


def covered(where: str, left_out: int | None = None) -> Callable[[int], Question]:
    """`a*` within the union of `a`, `a?`, ..., `a???*`, as an action, a resource or a value."""

    def build(size: int) -> Question:
        parts = lengths(size, left_out)
        match where:
            case "actions":
                return Question(document(allow("s3:a*")), document(*(allow(f"s3:{part}") for part in parts)))
            case "resources":
                return Question(on(f"{ARN}a*"), document(*(allow("s3:*", ARN + part) for part in parts)))
            case _:
                return Question(team("a*"), document(*(allow(StringLike={TEAM: part}) for part in parts)))

    return build


def by_letter(size: int) -> Question:
    """`s3:*` within the union of the names that begin with each character that a name may begin with."""
    del size
    letters = string.ascii_lowercase + string.digits + "-_"
    return Question(document(allow("s3:*")), document(*(allow(f"s3:{letter}*") for letter in letters)))


def some_values(more: bool) -> Callable[[int], Question]:
    """Many SCP levels that each demand another tag key; the maximum demands some of them, or one more."""

    def build(size: int) -> Question:
        demands = [document(allow("*", **{"ForAnyValue:StringLike": {TAGS: f"t{i}*"}})) for i in range(size)]
        last = "none*" if more else f"t{size - 1}*"
        top = document(allow(**{"ForAnyValue:StringLike": {TAGS: last}}))
        return Question(document(allow()), top, demands)

    return build


def variables(wider: bool) -> Callable[[int], Question]:
    """A template of many variables; the maximum has a `*` for each, or a `/` more."""

    def build(size: int) -> Question:
        own = "/".join(f"${{aws:PrincipalTag/v{i}}}" for i in range(size))
        top = "/".join("*" for _ in range(size if wider else size + 2))
        return Question(on(f"{ARN}{own}"), on(f"{ARN}{top}"))

    return build


def crossed(size: int) -> Question:
    """A template of many variables, with every second one in its place in the maximum and a `*` between."""
    names = [f"${{aws:PrincipalTag/v{i}}}" for i in range(size)]
    top = [name if i % 2 else "*" for i, name in enumerate(names)]
    return Question(on(ARN + "/".join(names)), on(ARN + "/".join(top)))


def mixed(size: int) -> Question:
    """A number between bounds that also looks like a text; the maximum says the same in many steps."""
    bounds = {"NumericGreaterThanEquals": {"custom:n": "10"}, "NumericLessThan": {"custom:n": "20"}}
    own = document(allow(**bounds, StringLike={"custom:n": "1*"}))
    steps = [10 + 10 * i / size for i in range(size + 1)]
    parts = [
        allow(NumericGreaterThanEquals={"custom:n": str(low)}, NumericLessThan={"custom:n": str(high)})
        for low, high in itertools.pairwise(steps)
    ]
    return Question(own, document(*parts))


def mixed_escape(size: int) -> Question:
    """A number of many forbidden texts: the escape must be written in another way."""
    written = [f"12.{'0' * length}" for length in range(1, size)]
    own = document(allow(NumericEquals={"custom:n": "12"}))
    return Question(own, document(allow(StringEquals={"custom:n": ["12", "012", *written]})))


def networks(size: int) -> Question:
    """10.0.0.0/8 within the union of its parts."""
    parts = [f"10.{i * 256 // size}.0.0/{8 + size.bit_length() - 1}" for i in range(size)]
    statements = (allow(IpAddress={"aws:SourceIp": part}) for part in parts)
    return Question(document(allow(IpAddress={"aws:SourceIp": "10.0.0.0/8"})), document(*statements))


def pigeons(size: int) -> Question:
    """Pigeons without enough holes: each sits in some hole (a level each), no two in one, so nothing is allowed."""
    seats = [[f"aws:RequestTag/p{pigeon}h{hole}" for hole in range(size - 1)] for pigeon in range(size)]
    levels = [document(*(allow("*", Null={seat: "false"}) for seat in row)) for row in seats]
    twice = [
        {"Effect": "Deny", "Action": "*", "Resource": "*", "Condition": {"Null": {one: "false", other: "false"}}}
        for column in zip(*seats, strict=True)
        for one, other in itertools.combinations(column, 2)
    ]
    return Question(document(allow(), *twice), on(f"{ARN}nothing"), levels)


TRAPS: dict[str, Trap] = {
    "*a*a*a*, contained": Trap(stars(-1), 200, 3, True, on_resources),
    "*a*a*a*, escapes": Trap(stars(1), 200, 3, False, on_resources),
    "*?a*?a*, contained": Trap(gaps(-1), 100, 3, True, on_resources),
    "*?a*?a*, escapes": Trap(gaps(1), 100, 3, False, on_resources),
    "???*, contained": Trap(marks(-1), 500, 4, True, on_resources),
    "???*, escapes": Trap(marks(1), 500, 4, False, on_resources),
    "infixes in actions, contained": Trap(infix_actions(0), 300, 4, True, on_actions),
    "infixes in actions, escapes": Trap(infix_actions(1), 300, 4, False, on_actions),
    "infixes in resources, contained": Trap(infix_resources(0), 300, 4, True, on_resources),
    "infixes in resources, escapes": Trap(infix_resources(1), 300, 4, False, on_resources),
    "infixes in values, contained": Trap(infix_values(0), 300, 4, True, on_teams),
    "infixes in values, escapes": Trap(infix_values(1), 300, 4, False, on_teams),
    "infixes denied": Trap(infix_denies, 300, 4, True, on_resources),
    "cover in actions, contained": Trap(covered("actions"), 40, 4, True, on_actions),
    "cover in actions, escapes": Trap(covered("actions", 3), 40, 4, False, on_actions),
    "cover in resources, contained": Trap(covered("resources"), 200, 4, True, on_resources),
    "cover in resources, escapes": Trap(covered("resources", 3), 200, 4, False, on_resources),
    "cover in values, contained": Trap(covered("values"), 200, 4, True, on_teams),
    "cover in values, escapes": Trap(covered("values", 3), 200, 4, False, on_teams),
    "cover by first letters": Trap(by_letter, 38, 38, True, on_actions),
    "ForAnyValue, contained": Trap(some_values(more=False), 30, 2, True, on_tag_keys),
    "ForAnyValue, escapes": Trap(some_values(more=True), 30, 2, False, on_tag_keys),
    "variables, contained": Trap(variables(wider=True), 20, 2, True, on_variables),
    "variables, escapes": Trap(variables(wider=False), 20, 2, False, on_variables),
    "variables crossed with *": Trap(crossed, 20, 2, True, on_variables),
    "numbers and texts, contained": Trap(mixed, 100, 4, True, on_numbers),
    "numbers and texts, escapes": Trap(mixed_escape, 100, 2, False, on_numbers),
    "networks that add up": Trap(networks, 256, 4, True, on_addresses),
    "8 pigeons": Trap(pigeons, 8, 3, True, on_holes),
    "14 pigeons": Trap(pigeons, 14, 3, True, on_holes),
}


# The search for the worst document.

LETTERS = "ab"
PATTERNS = st.lists(st.sampled_from("aabb**??"), min_size=1, max_size=24).map("".join)
SOME = st.lists(PATTERNS, min_size=1, max_size=12, unique=True)


@st.composite
def statements(draw: st.DrawFn) -> Document:
    """A statement over few letters, with patterns in actions, resources and values."""
    made: Document = {"Effect": draw(st.sampled_from(["Allow", "Allow", "Deny"]))}
    made["Action"] = [f"s3:{one}" for one in draw(SOME)]
    variable = st.sampled_from(["", "", "", f"${{{TEAM}}}"])
    made[draw(st.sampled_from(["Resource", "Resource", "NotResource"]))] = [
        f"{ARN}{one}{draw(variable)}{draw(st.sampled_from(['', '*', 'a']))}" for one in draw(SOME)
    ]
    tests: Document = {}
    if draw(st.booleans()):
        tests[draw(st.sampled_from(["StringLike", "StringNotLike"]))] = {TEAM: draw(SOME)}
    if draw(st.booleans()):
        prefix = draw(st.sampled_from(["ForAnyValue:", "ForAllValues:"]))
        tests[f"{prefix}{draw(st.sampled_from(['StringLike', 'StringNotLike']))}"] = {TAGS: draw(SOME)}
    return made | ({"Condition": tests} if tests else {})


DOCUMENTS = st.lists(statements(), min_size=1, max_size=5).map(lambda found: document(*found))


@dataclass
class Worst:
    """The slowest question so far, and whatever was wrong."""

    seed: int
    seconds: float = 0.0
    question: Question | None = None
    examples: int = 0
    said: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)

    def ask(self, question: Question) -> float:
        """Ask one question, check its answer, and return the time."""
        policy, maximum, levels = parsed(question)
        begun = time.perf_counter()
        verdict = prove(policies=[policy], maximum=maximum, timeout=SEARCH_LIMIT)
        str(verdict)
        taken = time.perf_counter() - begun
        self.examples += 1
        self.said[type(verdict).__name__] += 1
        if taken > self.seconds:
            self.seconds, self.question = taken, question
        wrong = isinstance(verdict, Escapes) and not escapes(policy, maximum, levels, verdict.request)
        if wrong or (isinstance(verdict, Contained) and any(escapes(policy, maximum, [], one) for one in self.near())):
            self.wrong.append(json.dumps([question.policy, question.maximum]))
        return taken

    def near(self) -> Iterator[Request]:
        """Yield random requests over the letters of the documents."""
        chooser = random.Random(self.seed + self.examples)  # noqa: S311 - a sample is no secret

        def text(longest: int) -> str:
            return "".join(chooser.choices(LETTERS, k=chooser.randint(1, longest)))

        for _ in range(200):
            context: dict[str, Any] = {TEAM: text(6)} if chooser.random() < 0.7 else {}
            if chooser.random() < 0.7:
                context[TAGS] = [text(4) for _ in range(chooser.randint(1, 3))]
            yield Request.of(f"s3:{text(10)}", ARN + text(12), context)

    def figures(self) -> dict[str, str]:
        """Return what was found, in words."""
        assert self.question is not None
        verdicts = ", ".join(f"{many:,} {kind}" for kind, many in sorted(self.said.items()))
        return {
            "search": f"{self.examples:,} questions: {verdicts}",
            "worst found": f"{seconds(self.seconds)}, limit {seconds(SEARCH_LIMIT)}",
        }

    def shown(self) -> Document:
        """Return the worst question."""
        assert self.question is not None
        return {"policy": self.question.policy, "maximum": self.question.maximum}


def search(worst: Worst, examples: int, seed: int) -> None:
    """Let Hypothesis look for a slow question."""

    @hypothesis.seed(seed)
    @settings(
        max_examples=examples,
        deadline=None,
        database=None,
        phases=[Phase.generate, Phase.target],
        suppress_health_check=list(HealthCheck),
    )
    @hypothesis.given(DOCUMENTS, DOCUMENTS)
    def slow(policy: Document, maximum: Document) -> None:
        target(worst.ask(Question(policy, maximum)), label="seconds")

    slow()


if __name__ == "__main__":
    main()
