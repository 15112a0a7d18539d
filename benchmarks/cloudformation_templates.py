"""How long it takes to find every document of a template, compared with PyYAML, which only composes the same text.

    python benchmarks/cloudformation_templates.py [RESOURCES ...]

The templates are made here: buckets and roles with a trust and an inline policy, whose functions refer to the buckets,
to a parameter and to a condition. CPU seconds are the best of five runs, each in alternation with `yaml.compose`.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

import yaml

from verifier.base.source import Source
from verifier.sources.document import document_source
from verifier.sources.open import open_documents

RUNS = 5
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
    """Find and write anew every document of a template; return how many there are."""
    documents = open_documents(Source("template.yaml", text))
    for each in documents:
        document_source(each.value, each.file)
    return len(documents)


def composed(text: str) -> object:
    """Let PyYAML compose the text, which makes no values."""
    return yaml.compose(text, Loader=yaml.CSafeLoader)


def seconds(work: Callable[[str], object], text: str) -> float:
    """Return the CPU time of `work` on `text` in seconds."""
    begin = time.process_time()
    work(text)
    return time.process_time() - begin


def main() -> None:
    """Print a line for each number of resources."""
    for number in [int(each) for each in sys.argv[1:]] or [50, 500]:
        text = template(number)
        runs = [(seconds(found, text), seconds(composed, text)) for _ in range(RUNS)]
        ours, theirs = min(each[0] for each in runs), min(each[1] for each in runs)
        print(
            f"{number:,} resources, {len(text):,} characters, {found(text):,} documents: "
            f"{ours:.3f} s, compose {theirs:.3f} s, ratio {ours / theirs:.1f}"
        )


if __name__ == "__main__":
    main()
