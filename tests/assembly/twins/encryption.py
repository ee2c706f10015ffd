"""Ways to keep or send data in clear."""

from __future__ import annotations

from tests.assembly.invariants import encryption, transit
from tests.assembly.register import breaks
from tests.assembly.synthesis import Synthesis
from tests.assembly.twins.edits import properties


@breaks(encryption.data_is_encrypted_by_our_key)
def leave_a_log_in_clear(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-dev", "AWS::Logs::LogGroup")["KmsKeyId"]


@breaks(encryption.data_is_encrypted_by_our_key)
def encrypt_alarms_by_the_key_of_aws(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-prod", "AWS::SNS::Topic")["KmsMasterKeyId"] = "alias/aws/sns"


@breaks(encryption.data_is_encrypted_by_our_key)
def keep_the_master_secret_by_the_key_of_aws(synthesis: Synthesis) -> None:
    del properties(synthesis, "data-prod", "AWS::RDS::DBCluster")["MasterUserSecret"]


@breaks(encryption.storage_is_encrypted)
def store_in_clear(synthesis: Synthesis) -> None:
    properties(synthesis, "data-prod", "AWS::RDS::DBCluster")["StorageEncrypted"] = False


@breaks(encryption.storage_is_encrypted)
def boot_from_a_clear_volume(synthesis: Synthesis) -> None:
    template = properties(synthesis, "foundation-dev", "AWS::EC2::LaunchTemplate")["LaunchTemplateData"]
    template["BlockDeviceMappings"][0]["Ebs"]["Encrypted"] = False


@breaks(encryption.storage_is_encrypted)
def keep_a_table_in_clear(synthesis: Synthesis) -> None:
    properties(synthesis, "data-prod", "AWS::DynamoDB::GlobalTable")["SSESpecification"]["SSEEnabled"] = False


@breaks(encryption.buckets_are_encrypted_and_closed)
def leave_a_bucket_to_its_default(synthesis: Synthesis) -> None:
    del properties(synthesis, "pipeline-tools", "AWS::S3::Bucket")["BucketEncryption"]


@breaks(encryption.buckets_are_encrypted_and_closed)
def open_a_bucket(synthesis: Synthesis) -> None:
    bucket = properties(synthesis, "portal-dev", "AWS::S3::Bucket", "StaticSite")
    bucket["PublicAccessBlockConfiguration"]["RestrictPublicBuckets"] = False


@breaks(encryption.buckets_are_encrypted_and_closed)
def encrypt_artifacts_by_the_key_of_s3(synthesis: Synthesis) -> None:
    bucket = properties(synthesis, "pipeline-tools", "AWS::S3::Bucket", "Artifacts82")
    bucket["BucketEncryption"]["ServerSideEncryptionConfiguration"] = [
        {"ServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}
    ]


@breaks(encryption.buckets_are_encrypted_and_closed)
def close_a_bucket_by_three_quarters(synthesis: Synthesis) -> None:
    bucket = properties(synthesis, "portal-dev", "AWS::S3::Bucket", "StaticSite")
    del bucket["PublicAccessBlockConfiguration"]["IgnorePublicAcls"]


@breaks(encryption.keys_rotate)
def keep_one_key_forever(synthesis: Synthesis) -> None:
    properties(synthesis, "foundation-prod", "AWS::KMS::Key")["EnableKeyRotation"] = False


@breaks(transit.buckets_and_topics_refuse_plain_text)
def admit_plain_text_to_a_bucket(synthesis: Synthesis) -> None:
    policy = properties(synthesis, "portal-prod", "AWS::S3::BucketPolicy", "Static")["PolicyDocument"]
    policy["Statement"] = [one for one in policy["Statement"] if one["Effect"] == "Allow"]


@breaks(transit.buckets_and_topics_refuse_plain_text)
def admit_plain_text_to_the_topic(synthesis: Synthesis) -> None:
    policy = properties(synthesis, "foundation-prod", "AWS::SNS::TopicPolicy")["PolicyDocument"]
    policy["Statement"][0]["Condition"]["Bool"]["aws:SecureTransport"] = "true"


@breaks(transit.buckets_and_topics_refuse_plain_text)
def refuse_plain_text_of_one_role(synthesis: Synthesis) -> None:
    policy = properties(synthesis, "foundation-prod", "AWS::SNS::TopicPolicy")["PolicyDocument"]
    policy["Statement"][0]["Principal"] = {"AWS": "arn:aws:iam::333333333333:role/alarms"}


@breaks(transit.listeners_speak_tls)
def listen_to_plain_text(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-dev", "AWS::ElasticLoadBalancingV2::Listener")["Protocol"] = "HTTP"


@breaks(transit.listeners_speak_tls)
def take_an_old_tls_policy(synthesis: Synthesis) -> None:
    listener = properties(synthesis, "portal-dev", "AWS::ElasticLoadBalancingV2::Listener")
    listener["SslPolicy"] = "ELBSecurityPolicy-TLS13-1-0-2021-06"


@breaks(transit.listeners_speak_tls)
def listen_without_a_certificate(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-dev", "AWS::ElasticLoadBalancingV2::Listener")["Certificates"]


@breaks(transit.the_edge_speaks_tls)
def let_viewers_speak_plain_text(synthesis: Synthesis) -> None:
    config = properties(synthesis, "portal-prod", "AWS::CloudFront::Distribution")["DistributionConfig"]
    config["CacheBehaviors"][0]["ViewerProtocolPolicy"] = "allow-all"


@breaks(transit.the_edge_speaks_tls)
def take_an_old_tls_version(synthesis: Synthesis) -> None:
    config = properties(synthesis, "portal-prod", "AWS::CloudFront::Distribution")["DistributionConfig"]
    config["ViewerCertificate"]["MinimumProtocolVersion"] = "TLSv1.2_2021"


@breaks(transit.the_edge_speaks_tls)
def follow_the_viewers_protocol(synthesis: Synthesis) -> None:
    origin = properties(synthesis, "portal-prod", "AWS::CloudFront::VpcOrigin")["VpcOriginEndpointConfig"]
    origin["OriginProtocolPolicy"] = "match-viewer"


@breaks(transit.the_api_speaks_tls)
def reach_the_balancer_in_clear(synthesis: Synthesis) -> None:
    method = properties(synthesis, "portal-dev", "AWS::ApiGateway::Method", "proxyANY")
    method["Integration"]["Uri"] = "http://origin-dev.dev.bank.example/api/{proxy}"


@breaks(transit.the_api_speaks_tls)
def take_tls_1_0(synthesis: Synthesis) -> None:
    properties(synthesis, "portal-dev", "AWS::ApiGateway::DomainName")["SecurityPolicy"] = "TLS_1_0"


@breaks(transit.the_api_speaks_tls)
def open_the_apis_own_address(synthesis: Synthesis) -> None:
    del properties(synthesis, "portal-dev", "AWS::ApiGateway::RestApi")["DisableExecuteApiEndpoint"]


@breaks(transit.the_database_demands_tls)
def leave_tls_to_the_client(synthesis: Synthesis) -> None:
    group = properties(synthesis, "data-dev", "AWS::RDS::DBClusterParameterGroup")
    group["Parameters"]["rds.force_ssl"] = "0"
