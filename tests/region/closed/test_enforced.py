"""A deployed function is held to its role: inline and attached policies, by action and by resource, deny over allow."""

from __future__ import annotations

import json

from tests.region.deployment import allow, document, trust, zipped

HANDLER = """
    import boto3

    CALLS = {
        "votes": lambda: boto3.client("dynamodb").put_item(TableName="votes", Item={"k": {"S": "1"}}),
        "voters": lambda: boto3.client("dynamodb").put_item(TableName="voters", Item={"k": {"S": "1"}}),
        "read": lambda: boto3.client("dynamodb").get_item(TableName="votes", Key={"k": {"S": "1"}}),
        "queue": lambda: boto3.client("sqs").send_message(QueueUrl=QUEUE, MessageBody="x"),
        "self": lambda: boto3.client("sts").get_caller_identity(),
        "users": lambda: boto3.client("iam").list_users(),
    }

    def lambda_handler(event, context):
        global QUEUE
        QUEUE = event["queue"]
        told = {}
        for name, call in CALLS.items():
            try:
                told[name] = call().get("Arn", "done")
            except Exception as refused:
                told[name] = str(refused)
        return told
"""
ACCOUNT = "123456789012"
ME = f"arn:aws:sts::{ACCOUNT}:assumed-role/r/f"
TABLE = f"arn:aws:dynamodb:us-east-1:{ACCOUNT}:table"


def test_a_function_may_what_its_role_may_and_is_told_the_rest_in_awss_words(aws):
    iam, functions, dynamodb = aws("iam"), aws("lambda"), aws("dynamodb")
    role = iam.create_role(RoleName="r", AssumeRolePolicyDocument=trust())["Role"]["Arn"]
    iam.put_role_policy(
        RoleName="r", PolicyName="inline", PolicyDocument=allow("dynamodb:PutItem", resource=f"{TABLE}/vot*")
    )
    deny = {"Effect": "Deny", "Action": "dynamodb:*", "Resource": f"{TABLE}/voters"}
    send = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": f"arn:aws:sqs:us-east-1:{ACCOUNT}:q"}
    attached = iam.create_policy(PolicyName="attached", PolicyDocument=document(deny, send))["Policy"]["Arn"]
    iam.attach_role_policy(RoleName="r", PolicyArn=attached)
    for name in ("votes", "voters"):
        dynamodb.create_table(
            TableName=name,
            KeySchema=[{"AttributeName": "k", "KeyType": "HASH"}],
            AttributeDefinitions=[{"AttributeName": "k", "AttributeType": "S"}],
            BillingMode="PAY_PER_REQUEST",
        )
    queue = aws("sqs").create_queue(QueueName="q")["QueueUrl"]
    functions.create_function(
        FunctionName="f",
        Runtime="python3.13",
        Handler="lambda_function.lambda_handler",
        Role=role,
        Code={"ZipFile": zipped(HANDLER)},
        Timeout=30,
    )
    functions.get_waiter("function_active_v2").wait(
        FunctionName="f", WaiterConfig={"Delay": 0.02, "MaxAttempts": 500}
    )
    answer = functions.invoke(FunctionName="f", Payload=json.dumps({"queue": queue}))
    prefix = "An error occurred (AccessDeniedException) when calling the"
    assert json.loads(answer["Payload"].read()) == {
        "votes": "done",
        "queue": "done",
        "self": ME,
        "voters": f"{prefix} PutItem operation: User: {ME} is not authorized to perform: dynamodb:PutItem on resource: "
        f"{TABLE}/voters with an explicit deny in an identity-based policy",
        "read": f"{prefix} GetItem operation: User: {ME} is not authorized to perform: dynamodb:GetItem on resource: "
        f"{TABLE}/votes because no identity-based policy allows the dynamodb:GetItem action",
        "users": f"An error occurred (AccessDenied) when calling the ListUsers operation: User: {ME} is not authorized "
        f"to perform: iam:ListUsers on resource: arn:aws:iam::{ACCOUNT}:user/ because no identity-based policy allows "
        "the iam:ListUsers action",
    }
