terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_s3_bucket" "b" {}
resource "aws_iam_role" "r" {
  assume_role_policy = data.aws_iam_policy_document.trust.json
}
resource "aws_kms_key" "k" {
  policy = data.aws_iam_policy_document.positions.json
}
data "aws_iam_policy_document" "trust" {
  statement {
    actions = ["sts:AssumeRole"]
    principals {
      type        = "AWS"
      identifiers = ["111122223333", aws_s3_bucket.b.id]
    }
  }
}
data "aws_iam_policy_document" "positions" {
  policy_id = aws_s3_bucket.b.id
  statement {
    sid       = aws_s3_bucket.b.id
    effect    = aws_s3_bucket.b.id
    actions   = ["s3:GetObject", aws_s3_bucket.b.id]
    resources = [aws_s3_bucket.b.arn]
    principals {
      type        = aws_s3_bucket.b.id
      identifiers = ["*"]
    }
  }
  statement {
    effect        = "Deny"
    not_actions   = [aws_s3_bucket.b.id]
    not_resources = ["arn:aws:s3:::x/&{aws:username}", "${aws_s3_bucket.b.arn}/*"]
    not_principals {
      type        = "AWS"
      identifiers = [aws_s3_bucket.b.id, "444455556666"]
    }
    not_principals {
      type        = "AWS"
      identifiers = ["111122223333"]
    }
    condition {
      test     = "StringLike"
      variable = "aws:PrincipalArn"
      values   = [aws_iam_role.r.arn, "arn:aws:iam::111122223333:role/&{x}"]
    }
    condition {
      test     = "StringLike"
      variable = "aws:PrincipalArn"
      values   = ["b"]
    }
  }
  statement {
    actions   = [for each in [aws_s3_bucket.b.id] : each]
    resources = split(",", aws_s3_bucket.b.id)
    principals {
      type        = "*"
      identifiers = ["*"]
    }
    condition {
      test     = aws_s3_bucket.b.id
      variable = "aws:PrincipalArn"
      values   = ["x"]
    }
  }
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    principals {
      type        = "AWS"
      identifiers = split(",", aws_s3_bucket.b.id)
    }
    condition {
      test     = "Bool"
      variable = aws_s3_bucket.b.id
      values   = ["true"]
    }
  }
  statement {
    actions   = ["kms:*"]
    resources = ["*"]
    condition {
      test     = "StringEquals"
      variable = "aws:PrincipalTag/x"
      values   = split(",", aws_s3_bucket.b.id)
    }
  }
}
