"""Documents in templates of CloudFormation, SAM and the CDK."""
