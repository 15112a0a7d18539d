terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_s3_bucket" "b" {}
locals {
  base = jsonencode({ Version = "2012-10-17", Statement = [{ Sid = "Read", Effect = "Allow", Action = "s3:GetObject", Resource = "*" }, { Sid = "Keep", Effect = "Deny", Action = "s3:PutObject", Resource = "*" }] })
}
data "aws_iam_policy_document" "sources" {
  source_policy_documents = [local.base]
  statement {
    sid       = "Read"
    actions   = ["s3:GetObject"]
    resources = [aws_s3_bucket.b.arn]
  }
}
data "aws_iam_policy_document" "overrides" {
  override_policy_documents = [local.base]
  statement {
    sid       = "Read"
    actions   = ["s3:*"]
    resources = [aws_s3_bucket.b.arn]
  }
}
data "aws_iam_policy_document" "unknown_source" {
  source_policy_documents = [data.aws_iam_policy_document.sources.json]
  statement {
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "unknown_sid" {
  source_policy_documents = [local.base]
  statement {
    sid       = aws_s3_bucket.b.id
    actions   = ["s3:GetObject"]
    resources = ["*"]
  }
}
data "aws_iam_policy_document" "late" {
  depends_on = [aws_s3_bucket.b]
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::known/*"]
  }
}
resource "aws_iam_policy" "twice" {
  policy = replace(data.aws_iam_policy_document.late.json, "known", "other")
}
resource "aws_iam_policy" "both" {
  policy = "${data.aws_iam_policy_document.late.json}${data.aws_iam_policy_document.late.json}"
}
resource "aws_iam_policy" "late" {
  policy = data.aws_iam_policy_document.late.minified_json
}
resource "aws_iam_policy" "copy" {
  policy = aws_iam_policy.late.policy
}
