terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_iam_policy" "boundary" {
  name   = "boundary"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = ["s3:*", "dynamodb:*"], Resource = "*" }] })
}
module "team" {
  for_each = toset(["blue", "red/green"])
  source   = "./team"
  name     = each.key
  boundary = aws_iam_policy.boundary.arn
}
module "one" {
  source   = "./team"
  name     = "one"
  boundary = aws_iam_policy.boundary.arn
}
resource "aws_iam_role_policy_attachment" "one" {
  role       = module.one.role
  policy_arn = module.one.policy
}
