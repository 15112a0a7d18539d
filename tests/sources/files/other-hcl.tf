# a module
variable "name" {
  type = string
}

resource "aws_iam_policy" "team" {
  name   = var.name
  policy = jsonencode({ Version = "2012-10-17", Statement = [] })
}
