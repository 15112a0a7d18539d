"""The services that are documented to say for whom they become a role, each with the page of AWS that says so.

Such a page requires `aws:SourceAccount` or `aws:SourceArn` of the service in the trust policy of its role (*confused
deputy*). A trust policy that requires neither lets the service act for anybody's resource; of a service whose page does
not say it, a condition would keep the service out, so A12 does not ask about it. Pages are below
docs.aws.amazon.com, where no other address is given.
"""

from __future__ import annotations

_DEPUTY = "cross-service-confused-deputy-prevention.html"
_AGENT_TOOLKIT = "github.com/aws/agent-toolkit-for-aws"

SAYING_FOR_WHOM = {
    "airflow-env.amazonaws.com": f"mwaa/latest/userguide/{_DEPUTY}",
    "airflow.amazonaws.com": f"mwaa/latest/userguide/{_DEPUTY}",
    "amplify.amazonaws.com": f"amplify/latest/userguide/{_DEPUTY}",
    "amplifybackend.amazonaws.com": f"amplify/latest/userguide/{_DEPUTY}",
    "autoscaling.amazonaws.com": f"autoscaling/ec2/userguide/{_DEPUTY}",
    "batch.amazonaws.com": f"batch/latest/userguide/{_DEPUTY}",
    "bedrock.amazonaws.com": "bedrock/latest/userguide/model-import-iam-role.html",
    "comprehend.amazonaws.com": f"comprehend/latest/dg/{_DEPUTY}",
    "datasync.amazonaws.com": f"datasync/latest/userguide/{_DEPUTY}",
    "datazone.amazonaws.com": "bedrock/latest/userguide/bedrock-studio-iam-role.html",
    "dms.amazonaws.com": f"dms/latest/userguide/{_DEPUTY}",
    "ecs-tasks.amazonaws.com": _AGENT_TOOLKIT,
    "fis.amazonaws.com": _AGENT_TOOLKIT,
    "frauddetector.amazonaws.com": "frauddetector/latest/ug/confused-deputy-prevention.html",
    "greengrass.amazonaws.com": f"greengrass/v1/developerguide/{_DEPUTY}",
    "iot.amazonaws.com": f"iot/latest/developerguide/{_DEPUTY}",
    "iotsitewise.amazonaws.com": f"iot-sitewise/latest/userguide/{_DEPUTY}",
    "kafkaconnect.amazonaws.com": f"msk/latest/developerguide/{_DEPUTY}",
    "lambda.amazonaws.com": _AGENT_TOOLKIT,
    "mediaconvert.amazonaws.com": f"mediaconvert/latest/ug/{_DEPUTY}",
    "personalize.amazonaws.com": f"personalize/latest/dg/{_DEPUTY}",
    "proton.amazonaws.com": f"proton/latest/userguide/{_DEPUTY}",
    "rekognition.amazonaws.com": f"rekognition/latest/dg/{_DEPUTY}",
    "sagemaker.amazonaws.com": "sagemaker/latest/dg/security-confused-deputy-prevention.html",
    "scheduler.amazonaws.com": f"scheduler/latest/UserGuide/{_DEPUTY}",
    "ssm-incidents.amazonaws.com": f"incident-manager/latest/userguide/{_DEPUTY}",
    "ssm.amazonaws.com": f"systems-manager/latest/userguide/{_DEPUTY}",
    "states.amazonaws.com": "step-functions/latest/dg/procedure-create-iam-role.html",
    "textract.amazonaws.com": f"textract/latest/dg/{_DEPUTY}",
    "transfer.amazonaws.com": "transfer/latest/userguide/confused-deputy.html",
}
