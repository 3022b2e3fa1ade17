"""The emulator evaluates role chains as AWS does."""

from typing import Any

from tests.sandbox.aws.emulated_aws import (
    ROOT,
    SERVICE,
    SOURCE,
    TARGET,
    Chain,
    allow,
    client,
    is_denied,
    refusal,
    statement,
    tags,
)

MAY_ASSUME = allow(["sts:AssumeRole", "sts:TagSession"], "*")
NAMESPACE = tags(kubernetes_namespace="payments")


class TestPrincipalArn:
    """`aws:PrincipalArn` of a role session is the role's ARN (IAM User Guide, global condition keys)."""

    def trusting(self, chain: Chain, arn: str) -> str:
        return chain.role(statement(ROOT, ArnEquals={"aws:PrincipalArn": arn}), account=TARGET)

    def test_the_named_role_is_admitted(self, chain: Chain) -> None:
        source = chain.role(statement(SERVICE), policy=MAY_ASSUME)

        assert chain.next(chain.pods(source), self.trusting(chain, source))

    def test_another_role_of_the_account_is_denied(self, chain: Chain) -> None:
        source = chain.role(statement(SERVICE), policy=MAY_ASSUME)
        other = chain.session(MAY_ASSUME)

        assert is_denied(lambda: chain.next(other, self.trusting(chain, source)))

    def test_the_path_of_the_role_is_part_of_it(self, chain: Chain) -> None:
        source = chain.role(statement(SERVICE), policy=MAY_ASSUME, Path="/team/payments/")
        without = source.replace("/team/payments/", "/")
        session = chain.pods(source)

        assert chain.next(session, self.trusting(chain, source))
        assert is_denied(lambda: chain.next(session, self.trusting(chain, without)))

    def test_the_arn_of_the_session_is_not_it(self, chain: Chain) -> None:
        source = chain.role(statement(SERVICE), policy=MAY_ASSUME)
        session = chain.pods(source)
        arn = client(chain.aws, "sts", credentials=session).get_caller_identity()["Arn"]

        assert is_denied(lambda: chain.next(session, self.trusting(chain, arn)))


class TestRequestTags:
    """`aws:RequestTag` in a trust (EKS User Guide, "Pod Identity role", session tags)."""

    def trusting(self, chain: Chain) -> str:
        return chain.role(statement(SERVICE, StringEquals={"aws:RequestTag/kubernetes-namespace": "payments"}))

    def test_the_named_value_is_admitted(self, chain: Chain) -> None:
        assert chain.pods(self.trusting(chain), Tags=NAMESPACE)

    def test_another_value_is_denied(self, chain: Chain) -> None:
        assert is_denied(lambda: chain.pods(self.trusting(chain), Tags=tags(kubernetes_namespace="other")))

    def test_without_tags_it_is_denied(self, chain: Chain) -> None:
        assert is_denied(lambda: chain.pods(self.trusting(chain)))


class TestTransitiveTags:
    """Transitive tags are request tags of the next hop (IAM User Guide, "Pass session tags in AWS STS")."""

    def target(self, chain: Chain) -> str:
        return chain.role(
            statement(ROOT, StringEquals={"aws:RequestTag/kubernetes-namespace": "payments"}), account=TARGET
        )

    def source(self, chain: Chain, **call: object) -> Any:
        return chain.session(MAY_ASSUME, Tags=NAMESPACE, **call)

    def test_a_transitive_tag_is_passed_on(self, chain: Chain) -> None:
        session = self.source(chain, TransitiveTagKeys=["kubernetes-namespace"])

        assert chain.next(session, self.target(chain))

    def test_a_tag_that_is_not_transitive_stays_behind(self, chain: Chain) -> None:
        assert is_denied(lambda: chain.next(self.source(chain), self.target(chain)))

    def test_it_goes_on_to_every_later_session(self, chain: Chain) -> None:
        middle = chain.role(statement(ROOT), policy=MAY_ASSUME)
        first = self.source(chain, TransitiveTagKeys=["kubernetes-namespace"])

        assert chain.next(chain.next(first, middle), self.target(chain))

    def test_passing_an_inherited_key_again_fails(self, chain: Chain) -> None:
        session = self.source(chain, TransitiveTagKeys=["kubernetes-namespace"])

        code, message = refusal(
            lambda: chain.next(session, self.target(chain), Tags=tags(Kubernetes_Namespace="payments"))
        )

        assert code == "InvalidParameterValue"
        assert "conflicts with a transitive tag key" in message

    def test_it_is_a_principal_tag_of_the_next_session(self, chain: Chain) -> None:
        middle = chain.role(statement(ROOT), policy=MAY_ASSUME)
        last = chain.role(
            statement(ROOT, StringEquals={"aws:PrincipalTag/kubernetes-namespace": "payments"}), account=TARGET
        )
        first = self.source(chain, TransitiveTagKeys=["kubernetes-namespace"])

        assert chain.next(chain.next(first, middle), last)

    def test_the_keys_are_a_condition_key(self, chain: Chain) -> None:
        role = chain.role(
            statement(SERVICE, **{"ForAnyValue:StringEquals": {"sts:TransitiveTagKeys": "kubernetes-namespace"}})
        )

        assert chain.pods(role, Tags=NAMESPACE, TransitiveTagKeys=["kubernetes-namespace"])
        assert is_denied(lambda: chain.pods(role, Tags=NAMESPACE))

    def test_without_tags_there_are_no_tag_keys(self, chain: Chain) -> None:
        role = chain.role(statement(SERVICE, Null={"aws:TagKeys": "true"}))

        assert chain.pods(role)
        assert is_denied(lambda: chain.pods(role, Tags=NAMESPACE))


class TestTagSession:
    """A session with tags needs `sts:TagSession` on both sides (IAM User Guide, "Pass session tags in AWS STS")."""

    def assume_with_tags(self, chain: Chain, policy: dict[str, Any] = MAY_ASSUME) -> Any:
        return chain.session(policy, Tags=NAMESPACE, TransitiveTagKeys=["kubernetes-namespace"])

    def test_a_trust_without_it_refuses_tags(self, chain: Chain) -> None:
        role = chain.role(statement(SERVICE, "sts:AssumeRole"))

        assert "sts:TagSession" in refusal(lambda: chain.pods(role, Tags=NAMESPACE))[1]

    def test_a_trust_without_it_admits_a_session_without_tags(self, chain: Chain) -> None:
        assert chain.pods(chain.role(statement(SERVICE, "sts:AssumeRole")))

    def test_inherited_tags_count(self, chain: Chain) -> None:
        target = chain.role(statement(ROOT, "sts:AssumeRole"), account=TARGET)

        assert "sts:TagSession" in refusal(lambda: chain.next(self.assume_with_tags(chain), target))[1]

    def test_the_caller_needs_it_too(self, chain: Chain) -> None:
        target = chain.role(statement(ROOT), account=TARGET)
        session = self.assume_with_tags(chain, allow("sts:AssumeRole", "*"))

        assert "sts:TagSession" in refusal(lambda: chain.next(session, target))[1]

    def test_an_external_id_is_not_a_key_of_it(self, chain: Chain) -> None:
        """Both actions under one external id condition refuse every session with tags (SAR, AWS STS)."""
        target = chain.role(statement(ROOT, StringEquals={"sts:ExternalId": "id"}), account=TARGET)

        assert (
            "sts:TagSession" in refusal(lambda: chain.next(self.assume_with_tags(chain), target, ExternalId="id"))[1]
        )
        assert chain.next(chain.session(MAY_ASSUME), target, ExternalId="id")

    def test_split_into_two_statements_both_are_admitted(self, chain: Chain) -> None:
        target = chain.role(
            statement(ROOT, "sts:AssumeRole", StringEquals={"sts:ExternalId": "id"}),
            statement(ROOT, "sts:TagSession"),
            account=TARGET,
        )

        assert chain.next(self.assume_with_tags(chain), target, ExternalId="id")


class TestWhoDecides:
    """Trust and the caller's policies (IAM User Guide, "Cross-account policy evaluation logic")."""

    def test_across_accounts_the_caller_needs_permission_too(self, chain: Chain) -> None:
        target = chain.role(statement(ROOT), account=TARGET)

        assert is_denied(lambda: chain.next(chain.session(), target))

    def test_across_accounts_permission_without_trust_is_not_enough(self, chain: Chain) -> None:
        target = chain.role(statement(SERVICE), account=TARGET)

        assert is_denied(lambda: chain.next(chain.session(MAY_ASSUME), target))

    def test_in_one_account_a_trust_that_names_the_role_is_enough(self, chain: Chain) -> None:
        source = chain.role(statement(SERVICE))
        target = chain.role(statement({"AWS": source}))

        assert chain.next(chain.pods(source), target)

    def test_in_one_account_a_trust_that_names_the_account_is_not(self, chain: Chain) -> None:
        assert is_denied(lambda: chain.next(chain.session(), chain.role(statement(ROOT))))

    def test_a_role_in_another_path_is_not_found(self, chain: Chain) -> None:
        target = chain.role(statement(ROOT), account=TARGET)

        assert is_denied(lambda: chain.next(chain.session(MAY_ASSUME), target.replace(":role/", ":role/team/")))

    def test_a_denied_permission_wins_over_the_trust(self, chain: Chain) -> None:
        source = chain.role(statement(SERVICE), policy={"Effect": "Deny", "Action": "sts:*", "Resource": "*"})
        target = chain.role(statement({"AWS": source}))

        assert is_denied(lambda: chain.next(chain.pods(source), target))


def test_the_documented_chain_into_another_account_holds(chain: Chain) -> None:
    """EKS User Guide, "target IAM role": account root, PrincipalArn, external id; TagSession apart."""
    external_id = f"eu-west-1/{SOURCE}/dev/reports/exporter"
    source = chain.role(statement(SERVICE, StringEquals={"aws:SourceAccount": SOURCE}), policy=MAY_ASSUME)
    by_source = {"ArnEquals": {"aws:PrincipalArn": source}}
    target = chain.role(
        statement(ROOT, "sts:AssumeRole", StringEquals={"sts:ExternalId": external_id}, **by_source),
        statement(ROOT, "sts:TagSession", **by_source),
        account=TARGET,
    )
    session = chain.pods(source, Tags=NAMESPACE, TransitiveTagKeys=["kubernetes-namespace"])

    reached = chain.next(session, target, ExternalId=external_id)

    assert client(chain.aws, "sts", credentials=reached).get_caller_identity()["Account"] == TARGET
    assert is_denied(lambda: chain.next(session, target, ExternalId=external_id + "-other"))
    assert is_denied(lambda: chain.next(session, target))
