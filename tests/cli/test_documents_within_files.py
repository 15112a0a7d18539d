"""Documents within other files, by every command that takes a document: a template's, by its selector."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.commands import run

TEMPLATE = """\
AWSTemplateFormatVersion: "2010-09-09"
Parameters:
  Bucket: {Type: String}
Resources:
  TeamBoundary:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement:
          - Effect: Allow
            Action: [s3:*, dynamodb:*]
            Resource: "*"
          - Effect: Deny
            Action: s3:*
            NotResource: !Sub "arn:aws:s3:::${Bucket}/*"
  App:
    Type: AWS::IAM::Role
    Properties:
      AssumeRolePolicyDocument:
        Version: 2012-10-17
        Statement: [{Effect: Allow, Principal: {Service: lambda.amazonaws.com}, Action: sts:AssumeRole}]
"""
SHARED = """\
Resources:
  Narrow:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: !GetAtt Bucket.Arn}]}
  Wide:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument:
        Version: 2012-10-17
        Statement: [{Effect: Allow, Action: "s3:*", Resource: [!GetAtt Bucket.Arn, !Sub "${Bucket.Arn}/*"]}]
  Other:
    Type: AWS::IAM::ManagedPolicy
    Properties:
      PolicyDocument: {Version: 2012-10-17, Statement: [{Effect: Allow, Action: "s3:*", Resource: !GetAtt Other.Arn}]}
"""
PAYROLL = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Action": "dynamodb:*", "Resource": "*"},
        {"Effect": "Allow", "Action": "s3:*", "NotResource": "arn:aws:s3:::payroll/*"},
    ],
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "template.yaml").write_text(TEMPLATE, encoding="utf-8")
    (tmp_path / "shared.yaml").write_text(SHARED, encoding="utf-8")
    (tmp_path / "payroll.json").write_text(json.dumps(PAYROLL), encoding="utf-8")
    return tmp_path


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        ("prove --policy template.yaml#TeamBoundary --at-most s3,dynamodb", 0, "CONTAINED"),
        ("prove --policy template.yaml#TeamBoundary --maximum payroll.json", 1, "LEANS"),
        ("prove --policy template.yaml#TeamBoundary --maximum payroll.json --parameter Bucket=logs", 0, "CONTAINED"),
        ("prove --policy template.yaml#TeamBoundary --maximum payroll.json --parameter Bucket=payroll", 1, "ESCAPES"),
        ("prove --any-policy --boundary template.yaml#TeamBoundary --at-most s3", 1, "template.yaml:11:13"),
        ("confine template.yaml#TeamBoundary --to s3 --to dynamodb", 0, "CONFINED"),
        ("diff template.yaml#TeamBoundary template.yaml#TeamBoundary", 0, "EQUIVALENT"),
        ("diff template.yaml#TeamBoundary payroll.json", 1, "before deployment"),
        ("sweep template.yaml --at-most s3,dynamodb -v", 0, "CONTAINED  template.yaml#TeamBoundary"),
        ("sweep template.yaml#TeamBoundary --at-most s3", 1, "ESCAPES    template.yaml#TeamBoundary"),
        ("sweep shared.yaml --maximum shared.yaml#Wide --jobs 2 -v", 1, "CONTAINED  shared.yaml#Narrow"),
        ("sweep shared.yaml --maximum shared.yaml#Wide --jobs 2", 1, "and `${Other.Arn}` matches"),
        ("sweep . --at-most s3,dynamodb", 0, "documents  5"),
        ("sweep template.yaml --at-most s3,dynamodb", 0, "with `--type trust` (1)"),
        ("sweep template.yaml --at-most s3,dynamodb --format json", 0, '{"left_out": {"trust": 1}}\n'),
        ("sweep template.yaml --at-most s3,dynamodb --format html", 0, "with <code>--type trust</code> (1)"),
        ("sweep template.yaml --at-most s3,dynamodb --format markdown", 0, "Left out: documents within files"),
        ("sweep template.yaml --at-most s3,dynamodb --format sarif", 0, '"text": "left out: documents within files'),
        ("sweep template.yaml --at-most s3,dynamodb --format junit", 0, "<system-out>left out: documents within"),
        ("simplify template.yaml#TeamBoundary", 3, "not known before deployment"),
        ("simplify template.yaml#TeamBoundary --parameter Bucket=b", 0, ""),
        ("prove --policy template.yaml --at-most s3", 2, "name one of `template.yaml#TeamBoundary`"),
        ("prove --policy template.yaml#Team --at-most s3", 2, "has no document `Team`"),
        ("prove --policy template.yaml#TeamBoundary --at-most s3 --parameter Bucket", 2, "is not a parameter"),
        ("prove --policy template.yaml#TeamBoundary --at-most s3 --parameter A=1 --parameter A=2", 2, "given twice"),
    ],
)
def test_commands_take_a_document_within_a_file(folder: Path, arguments: str, code: int, said: str):
    ended = run(f"verifier {arguments}", folder)
    assert (ended.code, said in ended.out + ended.err) == (code, True), ended.out + ended.err
