terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "name" {}
variable "boundary" {}
resource "aws_iam_role" "app" {
  count                = 2
  name                 = "${replace(var.name, "/", "-")}-${count.index}"
  path                 = "/teams/"
  permissions_boundary = var.boundary
  assume_role_policy   = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "sts:AssumeRole", Principal = { Service = "ecs-tasks.amazonaws.com" } }] })
  tags                 = { team = var.name }
}
resource "aws_iam_policy" "data" {
  name   = "${replace(var.name, "/", "-")}-data"
  policy = jsonencode({ Version = "2012-10-17", Statement = [{ Effect = "Allow", Action = "dynamodb:GetItem", Resource = "*" }] })
}
module "logs" {
  source = "./logs"
  role   = aws_iam_role.app[0].name
}
output "role" { value = aws_iam_role.app[1].name }
output "policy" { value = aws_iam_policy.data.arn }
