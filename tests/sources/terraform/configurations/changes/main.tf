terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_iam_policy" "kept" {
  name   = "kept"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:GetObject", Resource = "*" }] })
}
resource "aws_iam_policy" "changed" {
  name   = "changed"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_iam_policy" "replaced" {
  name   = "another"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:Put*", Resource = "*" }] })
}
module "a" {
  source = "./a"
}
moved {
  from = aws_iam_policy.old_name
  to   = module.a.aws_iam_policy.new_name[0]
}
removed {
  from = aws_iam_policy.forgotten
  lifecycle { destroy = false }
}
resource "aws_iam_policy" "made" {
  name   = "made"
  policy = data.aws_iam_policy_document.d.json
}
data "aws_iam_policy_document" "d" {
  statement {
    actions   = ["s3:GetObject"]
    resources = ["arn:aws:s3:::x/*", aws_iam_policy.replaced.arn]
  }
}
