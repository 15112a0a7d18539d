package aws.iam

default allow = false
