/**
 * Resource types that are paid by the hour or month whether anyone uses them or not. Besides what docs/deploy.md names:
 * keys, alarms and the one secret.
 */
export const alwaysOn: readonly RegExp[] = [
  /^AWS::(EC2|RDS|DocDB|Neptune|ElastiCache|MemoryDB|Redshift|OpenSearchService|Elasticsearch|DAX|EMR|MSK|AmazonMQ)::/,
  /^AWS::(ECS|EKS|AppRunner|AutoScaling|ElasticLoadBalancing|ElasticLoadBalancingV2|SageMaker|EFS|FSx)::/,
  /^AWS::(Kinesis::Stream|KinesisAnalytics|GlobalAccelerator|TransitGateway|DirectoryService|WAFv2::WebACL)/,
  /^AWS::(Lambda::(Alias|Version)$|Route53::HostedZone|Backup::)/,
  /^AWS::ApiGateway::(VpcLink|ClientCertificate)/,
];
