terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "secret" {
  sensitive = true
  default   = "arn:aws:s3:::hush-hush"
}
resource "aws_s3_bucket" "b" {}
resource "aws_iam_policy" "whole" {
  name   = "whole"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = var.secret }] })
}
data "aws_iam_policy_document" "part" {
  statement {
    actions   = ["s3:GetObject"]
    resources = [var.secret, aws_s3_bucket.b.arn]
  }
}
resource "aws_iam_policy" "open" {
  name   = "open"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = "*" }] })
}
resource "aws_iam_role" "r" {
  name               = "r"
  assume_role_policy = jsonencode({ Version = "2012-10-17", Statement = [] })
  inline_policy {
    name   = "hidden"
    policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "s3:*", Resource = var.secret }] })
  }
}
