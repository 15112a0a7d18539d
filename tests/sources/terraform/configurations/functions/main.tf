terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
resource "aws_s3_bucket" "b" { bucket = "data" }
resource "aws_lambda_function" "f" {
  function_name = "f"
  role          = "arn:aws:iam::111122223333:role/f"
}
resource "aws_lambda_permission" "known" {
  statement_id   = "known"
  action         = "lambda:InvokeFunction"
  function_name  = "arn:aws:lambda:eu-west-1:111122223333:function:f"
  principal      = "s3.amazonaws.com"
  source_arn     = "arn:aws:s3:::data"
  source_account = "111122223333"
  qualifier      = "live"
}
resource "aws_lambda_permission" "source" {
  action        = "lambda:InvokeFunction"
  function_name = aws_lambda_function.f.function_name
  principal     = "s3.amazonaws.com"
  source_arn    = aws_s3_bucket.b.arn
}
resource "aws_lambda_permission" "account" {
  action           = "lambda:InvokeFunction"
  function_name    = aws_lambda_function.f.arn
  principal        = "444455556666"
  principal_org_id = "o-abc123"
}
resource "aws_lambda_permission" "public" {
  action                 = "lambda:InvokeFunctionUrl"
  function_name          = "f"
  principal              = "*"
  function_url_auth_type = "NONE"
}
resource "aws_lambda_permission" "who" {
  action        = "lambda:InvokeFunction"
  function_name = "f"
  principal     = aws_s3_bucket.b.id
}
