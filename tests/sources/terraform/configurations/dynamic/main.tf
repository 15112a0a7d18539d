terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_s3_bucket" "b" {}
data "aws_iam_policy_document" "unknown_statements" {
  statement {
    actions   = ["s3:ListAllMyBuckets"]
    resources = ["*"]
  }
  dynamic "statement" {
    for_each = split(",", aws_s3_bucket.b.id)
    content {
      actions   = ["s3:GetObject"]
      resources = [statement.value]
    }
  }
}
data "aws_iam_policy_document" "unknown_blocks" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
    dynamic "condition" {
      for_each = split(",", aws_s3_bucket.b.id)
      content {
        test     = "StringEquals"
        variable = "aws:PrincipalArn"
        values   = [condition.value]
      }
    }
  }
}
data "aws_iam_policy_document" "known_blocks" {
  dynamic "statement" {
    for_each = ["a", "b"]
    content {
      sid       = statement.value
      actions   = ["s3:GetObject"]
      resources = ["${aws_s3_bucket.b.arn}/${statement.value}/*"]
    }
  }
}
resource "aws_iam_role" "dynamic" {
  name               = "dynamic"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
  dynamic "inline_policy" {
    for_each = ["z", "a"]
    content {
      name   = inline_policy.value
      policy = data.aws_iam_policy_document.known_blocks.json
    }
  }
}
resource "aws_iam_role" "static" {
  name               = "static"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
  inline_policy {
    name   = "z"
    policy = data.aws_iam_policy_document.known_blocks.json
  }
  inline_policy {
    name   = "a"
    policy = data.aws_iam_policy_document.unknown_blocks.json
  }
  inline_policy {
    name   = "known"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  }
}
