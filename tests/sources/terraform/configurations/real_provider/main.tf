terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_s3_bucket" "b" {}
resource "aws_iam_role" "unset" {
  name               = "unset"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
resource "aws_iam_role" "dynamic" {
  name               = "dynamic"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
  dynamic "inline_policy" {
    for_each = split(",", aws_s3_bucket.b.id)
    content {
      name   = inline_policy.value
      policy = "{}"
    }
  }
}
resource "aws_iam_role" "set" {
  name               = "set"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
  inline_policy {
    name   = "a"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "*", Resource = aws_s3_bucket.b.arn }] })
  }
  inline_policy {
    name   = "b"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
  }
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["${aws_s3_bucket.b.arn}/*", "arn:aws:s3:::x/*"]
    condition {
      test     = "StringEquals"
      variable = "aws:username"
      values   = ["a", aws_s3_bucket.b.id]
    }
  }
  statement {
    effect      = "Deny"
    not_actions = ["s3:*"]
    resources   = [aws_s3_bucket.b.arn]
  }
}
resource "aws_iam_policy" "p" {
  name   = "p"
  policy = data.aws_iam_policy_document.d.json
}
resource "aws_s3_object" "o" {
  bucket = aws_s3_bucket.b.id
  key    = "k"
}
resource "aws_lambda_permission" "l" {
  action         = "lambda:InvokeFunction"
  function_name  = "f"
  principal      = "s3.amazonaws.com"
  source_arn     = aws_s3_bucket.b.arn
  source_account = "111122223333"
}
resource "aws_kms_key" "k" {}
resource "aws_sqs_queue" "q" { name = "q" }
resource "aws_sns_topic" "t" { name = "t" }
resource "aws_vpc_endpoint" "e" {
  vpc_id       = "vpc-1"
  service_name = "com.amazonaws.us-east-1.s3"
}
resource "aws_secretsmanager_secret" "s" { name = "s" }
resource "aws_eks_cluster" "c" {
  name     = "c"
  role_arn = aws_iam_role.unset.arn
  vpc_config { subnet_ids = ["subnet-1", "subnet-2"] }
}
