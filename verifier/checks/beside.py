"""What acts together with the documents of a rule: boundary, session policy, SCPs, RCPs, and what is the most allowed.

    `beside(tree, folder, rule)`  ->  `Beside`, read from the tree

Each file is read once for a rule. `Beside.said` is what all of them say together, whatever their layout: where it is
the same at two times, nothing that a proof depends on has changed but the documents themselves.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any

from verifier.base.dataclass import dataclass
from verifier.base.errors import PolicyWarning
from verifier.base.memo import cached_property
from verifier.checks.select import from_root
from verifier.clouds.aws.documents import Documents, PolicyLevels, aws_documents, aws_policy, services_maximum
from verifier.clouds.aws.lint.lint import lint, lint_levels
from verifier.clouds.aws.policy.canonical import canonical, digest
from verifier.clouds.aws.policy.parse import parse_level_source, parse_source
from verifier.clouds.aws.policy.syntax import Policy
from verifier.clouds.aws.policy.types import BESIDE, Multiplicity, PolicyType
from verifier.config.rules import ConfigRule
from verifier.questions.question import NeedsQuestion, ProveQuestion, Standard
from verifier.sources.named import document_in, named, split_selector
from verifier.sources.tree import Tree, kind_of, label, text

_FIRST_TYPES = (PolicyType.BOUNDARY, PolicyType.SESSION, PolicyType.SCP, PolicyType.RCP)


@dataclass(frozen=True)
class Beside:
    """What the documents of a rule are compared with; `paths` are its files, by what messages call them.

    `needs`: its `maximum` is what must be allowed, instead of what may be allowed at most.
    """

    standard: Standard
    paths: Mapping[str, str]
    needs: bool = False

    def question(self, policy: Policy) -> ProveQuestion | NeedsQuestion:
        """Return the question about one document. Raises PolicyError where it is not an identity policy."""
        found = self.standard.question(policy)
        return NeedsQuestion(found.documents, found.maximum) if self.needs else found

    @property
    def maximum(self) -> Policy:
        """What is allowed at most, or must be."""
        return aws_policy(self.standard.maximum)

    @property
    def documents(self) -> Documents:
        """The documents that act together with those of the rule."""
        return aws_documents(self.standard.documents)

    def within(self, maximum: Policy) -> Beside:
        """Return this with another maximum."""
        return replace(self, standard=replace(self.standard, maximum=maximum))

    def policies(self) -> Iterator[Policy]:
        """Yield the documents that were read from files."""
        yield from (policy for policy in map(aws_policy, self.standard.policies()) if policy.source.file)

    @cached_property
    def warned(self) -> tuple[tuple[Policy, PolicyWarning], ...]:
        """The warnings about the documents that were read from files, each once, and then about the levels of SCPs."""
        policies = dict.fromkeys(self.policies())
        most = None if self.needs else self.maximum
        each = tuple((policy, warning) for policy in policies for warning in lint(policy, maximum=policy is most))
        scps = self.documents.scps
        levels = ((placed.source, placed.warning) for placed in lint_levels(scps))
        by_source = {policy.source: policy for level in scps for policy in level}
        return (*each, *((by_source[source], warning) for source, warning in levels))

    @cached_property
    def said(self) -> str:
        """What the documents say together, as a hash."""
        documents = self.documents
        levels = [[canonical(policy) for policy in level] for level in documents.scps]
        alone = [policy and canonical(policy) for policy in (self.maximum, documents.boundary, documents.session)]
        said = [alone, levels, [canonical(policy) for policy in documents.rcps]]
        return digest([*said, *self._more()])

    def _more(self) -> Iterator[Any]:
        """Yield what documents of the types say that came later: without them, fingerprints are as they always were."""
        for type_, given in self.documents.beside().items():
            if type_ not in _FIRST_TYPES:
                yield [type_.value, [[canonical(policy) for policy in level] for level in given]]


def beside(tree: Tree, folder: str, rule: ConfigRule) -> Beside:
    """Return what acts together with the documents of `rule`, whose paths are seen from `folder`.

    Raises UsageError or PolicyError where a file is missing, leads elsewhere, or is not what its place requires.
    """
    paths: dict[str, str] = {}

    def is_file(name: str) -> bool:
        return kind_of(tree, from_root(folder, name)) is not None

    def source(place: str, *, level: bool = False) -> Any:
        if (found := named(place, is_file)) is not None:
            return found
        file, selector = split_selector(place, is_file)
        path = from_root(folder, file)
        paths[label(tree, path)] = path
        return document_in(text(tree, path), selector, level=level)

    def one(place: str | None) -> Policy | None:
        return None if place is None else parse_source(source(place))

    def given(type_: PolicyType) -> PolicyLevels:
        named: Any = getattr(rule, type_.facts.field)
        if named is None:
            return ()
        match type_.facts.many:
            case Multiplicity.ONE:
                return ((parse_source(source(named)),),)
            case Multiplicity.SEVERAL:
                return tuple((policy,) for place in named for policy in parse_level_source(source(place, level=True)))
            case Multiplicity.LEVELS:
                return tuple(
                    tuple(policy for place in level for policy in parse_level_source(source(place, level=True)))
                    for level in named
                )

    documents = Documents.of((), {type_: given(type_) for type_ in BESIDE})
    standard = Standard(documents, _maximum(rule, one), PolicyType.IDENTITY)
    standard.check()
    return Beside(standard, paths, rule.needs is not None)


def _maximum(rule: ConfigRule, one: Any) -> Policy:
    named = rule.maximum or rule.needs
    if named is None:
        return services_maximum(rule.at_most or ())
    policy: Policy | None = one(named)
    assert policy is not None
    return policy
