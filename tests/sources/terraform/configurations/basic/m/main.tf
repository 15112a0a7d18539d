terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
variable "boundary" {}
resource "aws_iam_role" "r" {
  name                 = "r"
  assume_role_policy   = "{}"
  permissions_boundary = var.boundary
}
output "arn" { value = aws_iam_role.r.arn }
