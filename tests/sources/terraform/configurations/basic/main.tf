terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "secret" {
  sensitive = true
  default   = "arn:aws:s3:::hush"
}
resource "aws_s3_bucket" "b" { bucket = "data" }
data "aws_caller_identity" "me" {}
data "aws_iam_policy_document" "known" {
  statement {
    actions   = ["s3:GetObject", "s3:PutObject"]
    resources = ["arn:aws:s3:::x/*", "arn:aws:s3:::${data.aws_caller_identity.me.account_id}/*"]
  }
}
data "aws_iam_policy_document" "holes" {
  statement {
    actions   = ["s3:GetObject"]
    resources = [aws_s3_bucket.b.arn, "${aws_s3_bucket.b.arn}/*", "arn:aws:s3:::fixed"]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalArn"
      values   = ["a", aws_iam_role.app.arn]
    }
    principals {
      type        = "AWS"
      identifiers = [aws_iam_role.app.arn]
    }
  }
  statement {
    effect    = "Deny"
    actions   = ["*"]
    resources = ["*"]
  }
}
resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = data.aws_iam_policy_document.known.json
}
resource "aws_iam_policy" "holes" {
  name   = "holes"
  policy = data.aws_iam_policy_document.holes.json
}
resource "aws_iam_policy" "enc" {
  count  = 2
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = aws_s3_bucket.b.arn }] })
}
resource "aws_iam_policy" "sens" {
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = var.secret }] })
}
resource "aws_iam_role" "app" {
  name                 = "app"
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ec2.amazonaws.com" } }] })
  permissions_boundary = aws_iam_policy.boundary.arn
  inline_policy {
    name   = "i"
    policy = data.aws_iam_policy_document.known.json
  }
  inline_policy {
    name   = "j"
    policy = data.aws_iam_policy_document.holes2.json
  }
}
data "aws_iam_policy_document" "holes2" {
  dynamic "statement" {
    for_each = toset([aws_s3_bucket.b.arn])
    content {
      actions   = ["s3:GetObject"]
      resources = [statement.value]
    }
  }
}
resource "aws_iam_role_policy_attachment" "a" {
  for_each   = { one = aws_iam_policy.boundary.arn, two = "arn:aws:iam::aws:policy/ReadOnlyAccess" }
  role       = aws_iam_role.app.name
  policy_arn = each.value
}
module "m" {
  for_each = toset(["x", "y z"])
  source   = "./m"
  boundary = aws_iam_policy.boundary.arn
}
