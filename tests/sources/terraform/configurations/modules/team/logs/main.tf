terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "role" {}
resource "aws_iam_role_policy" "logs" {
  for_each = { write = "logs:PutLogEvents", create = "logs:CreateLogStream" }
  name     = each.key
  role     = var.role
  policy   = jsonencode({ Version = "2012-10-17", Statement = { Effect = "Allow", Action = each.value, Resource = "*" } })
}
