"""How long it takes to find every document of a template, compared with PyYAML, which only composes the same text.

    python benchmarks/cloudformation_templates.py [RESOURCES ...]

With `--commands` they are also swept and reviewed by the command line; the target is two seconds for 500 resources.

The templates are made here: buckets and roles with a trust and an inline policy, whose functions refer to the buckets,
to a parameter and to a condition. CPU seconds are the best of five runs, each in alternation with `yaml.compose`.
"""

from __future__ import annotations

import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import yaml
from measure import Target, spent

from verifier.base.processes import collect_rarely
from verifier.base.source import Source
from verifier.clouds.aws.policy.parse import parse_source
from verifier.sources.document import document_source
from verifier.sources.open import open_documents

RUNS = 5
BOUND = 2.0
MOST = '{"Version": "2012-10-17", "Statement": {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}}'
HEAD = """AWSTemplateFormatVersion: '2010-09-09'
Parameters:
  Stage: {Type: String}
Conditions:
  IsProd: !Equals [!Ref Stage, prod]
Resources:
"""
PAIR = """  BucketN:
    Type: AWS::S3::Bucket
    Properties: {BucketName: !Sub 'data-N-${AWS::AccountId}'}
  RoleN:
    Type: AWS::IAM::Role
    Properties:
      RoleName: role-N
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: 'sts:AssumeRole'}]
      Policies:
        - PolicyName: data
          PolicyDocument:
            Version: 2012-10-17
            Statement:
              - Effect: Allow
                Action: ['s3:GetObject', 's3:PutObject']
                Resource: !Sub '${BucketN.Arn}/${Stage}/*'
              - Effect: Allow
                Action: 's3:ListBucket'
                Resource: !If [IsProd, !GetAtt BucketN.Arn, '*']
"""


def template(resources: int) -> str:
    """Return the text of a template of so many resources."""
    pairs = [PAIR.replace("N:", f"{n}:").replace("N.", f"{n}.").replace("-N", f"-{n}") for n in range(resources // 2)]
    return HEAD + "".join(pairs)


def found(text: str) -> int:
    """Find and parse every document of a template; return how many there are."""
    documents = open_documents(Source("template.yaml", text))
    for each in documents:
        parse_source(document_source(each.value, each.file))
    return len(documents)


def composed(text: str) -> object:
    """Let PyYAML compose the text, which makes no values."""
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def seconds(work: Callable[[str], object], text: str) -> float:
    """Return the CPU time of `work` on `text` in seconds."""
    begin = time.process_time()
    work(text)
    return time.process_time() - begin


def commands(resources: int) -> None:
    """Print what `sweep` and `review` take for a template, in which a review finds every role changed, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        old, new, most = (Path(folder, name) for name in ("old.yaml", "new.yaml", "most.json"))
        old.write_text(template(resources), encoding="utf-8")
        new.write_text(template(resources).replace("s3:PutObject", "s3:DeleteObject"), encoding="utf-8")
        most.write_text(MOST, encoding="utf-8")
        for what, asked in (
            ("sweep", ["sweep", old, "--maximum", most, "--jobs", "1"]),
            ("review without a change", ["review", old, old]),
            ("review, every role changed", ["review", old, new]),
        ):
            used = spent([sys.executable, "-m", "verifier", *map(str, asked)])
            print(Target(f"{what}, {resources:,} resources, CPU", used.cpu, BOUND, "s"))


def main() -> None:
    """Print a line for each number of resources."""
    collect_rarely()  # as the command line does
    asked = [each for each in sys.argv[1:] if each != "--commands"]
    for number in [int(each) for each in asked] or [50, 500]:
        text = template(number)
        runs = [(seconds(found, text), seconds(composed, text)) for _ in range(RUNS)]
        ours, theirs = min(each[0] for each in runs), min(each[1] for each in runs)
        print(
            f"{number:,} resources, {len(text):,} characters, {found(text):,} documents: "
            f"{ours:.3f} s, compose {theirs:.3f} s, ratio {ours / theirs:.1f}"
        )
        print(Target(f"reading {number:,} resources, all documents parsed, CPU", ours, BOUND, "s"))
        if "--commands" in sys.argv:
            commands(number)


if __name__ == "__main__":
    main()
