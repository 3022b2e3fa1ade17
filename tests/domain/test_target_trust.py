"""Both sides of the second hop, as exact documents."""

from eks_pod_identity.documents.target_trust import source_permission, target_trust

SOURCE = "arn:aws:iam::111122223333:role/workloads/exporter"


def test_the_target_trusts_the_source_account_and_names_the_role_and_the_external_id():
    external_id = "eu-west-1/111122223333/dev/reports/exporter"

    assert {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnEquals": {"aws:PrincipalArn": SOURCE},
                    "StringEquals": {"sts:ExternalId": external_id},
                },
            },
            {
                "Effect": "Allow",
                "Principal": {"AWS": "arn:aws:iam::111122223333:root"},
                "Action": "sts:TagSession",
                "Condition": {"ArnEquals": {"aws:PrincipalArn": SOURCE}},
            },
        ],
    } == target_trust(SOURCE, [external_id])


def test_several_external_ids_are_a_sorted_list_without_repeats():
    statement = target_trust(SOURCE, ["b/b", "a/a", "b/b"])["Statement"][0]

    assert statement["Condition"]["StringEquals"]["sts:ExternalId"] == ["a/a", "b/b"]


def test_the_account_principal_is_of_the_partition_of_the_source():
    statement = target_trust("arn:aws-us-gov:iam::111122223333:role/x", ["a/a"])["Statement"][0]

    assert statement["Principal"] == {"AWS": "arn:aws-us-gov:iam::111122223333:root"}


def test_the_source_role_may_do_both_actions_on_the_target():
    target = "arn:aws:iam::444455556666:role/reader"

    assert {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Action": ["sts:AssumeRole", "sts:TagSession"], "Resource": target}],
    } == source_permission(target)
