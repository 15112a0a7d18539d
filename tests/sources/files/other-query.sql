SELECT eventname, useridentity.arn
FROM cloudtrail_logs
WHERE eventsource = 'iam.amazonaws.com';
