"""Calls that the emulator does not support, as AWS would receive them; and many calls at once."""

import json
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import parse_qsl

from tests.sandbox.aws_plugin.aws_stub import Answer, Stub, ok, stub
from tests.sandbox.aws_plugin.engine_client import CLUSTER, OIDC_PROVIDER, ROLE_POLICY, TRUST, EngineClient

Start = Callable[..., EngineClient]
PROVIDER = "arn:aws:iam::111122223333:oidc-provider/oidc.example.com"


def at(start: Start, served: Stub) -> EngineClient:
    endpoints = [dict.fromkeys(("iam", "sts", "eks"), served.address)]
    return start({"accessKey": "111122223333", "secretKey": "x", "endpoints": endpoints})


def actions(served: Stub) -> list[dict[str, str]]:
    """Return the IAM calls that change something, without the parameters that all have."""
    calls = [dict(parse_qsl(body)) for _, _, body in served.requests]
    for call in calls:
        call.pop("Version")
        call.pop("OpenIDConnectProviderArn", None)
    return [call for call in calls if not call["Action"].startswith("Get")]


def test_each_change_of_an_oidc_provider_is_a_call_of_its_own(start: Start) -> None:
    def answer(_method: str, _path: str, body: str, _before: int) -> Answer:
        action = dict(parse_qsl(body))["Action"]
        return ok(f"<R><{action}Result><Url>oidc.example.com</Url></{action}Result></R>")

    state = {
        "url": "oidc.example.com",
        "clientIdLists": ["old", "kept"],
        "thumbprintLists": ["a" * 40],
        "tagsAll": {"gone": "1"},
    }
    news = {"url": "https://oidc.example.com", "clientIdLists": ["kept", "new"], "thumbprintLists": ["b" * 40]}
    with stub(answer) as served:
        plugin = at(start, served)
        inputs = plugin.check(OIDC_PROVIDER, {**news, "tags": {"added": "2"}})
        plugin.update(OIDC_PROVIDER, PROVIDER, state, inputs)

    assert actions(served) == [
        {"Action": "UntagOpenIDConnectProvider", "TagKeys.member.1": "gone"},
        {"Action": "TagOpenIDConnectProvider", "Tags.member.1.Key": "added", "Tags.member.1.Value": "2"},
        {"Action": "UpdateOpenIDConnectProviderThumbprint", "ThumbprintList.member.1": "b" * 40},
        {"Action": "AddClientIDToOpenIDConnectProvider", "ClientID": "new"},
        {"Action": "RemoveClientIDFromOpenIDConnectProvider", "ClientID": "old"},
    ]


def test_each_change_of_a_cluster_is_a_call_of_its_own(start: Start) -> None:
    cluster = {"name": "dev", "arn": "a", "createdAt": 0, "status": "ACTIVE", "roleArn": "r", "version": "1.34"}
    before = {
        "name": "dev",
        "roleArn": "arn:aws:iam::111122223333:role/r",
        "vpcConfig": {"subnetIds": ["a", "b"], "endpointPublicAccess": True},
        "version": "1.33",
    }
    after = {
        **before,
        "version": "1.34",
        "vpcConfig": {"subnetIds": ["a", "b"], "endpointPublicAccess": False},
        "upgradePolicy": {"supportType": "STANDARD"},
        "enabledClusterLogTypes": ["audit"],
        "accessConfig": {"authenticationMode": "API", "bootstrapClusterCreatorAdminPermissions": True},
        "kubernetesNetworkConfig": {"ipFamily": "ipv4", "elasticLoadBalancing": {"enabled": True}},
        "encryptionConfig": {"resources": ["secrets"], "provider": {"keyArn": "k"}},
    }
    with stub(lambda *_: ok({"cluster": cluster, "update": {"id": "u"}})) as served:
        plugin = at(start, served)
        state = {**plugin.check(CLUSTER, before), "arn": "a"}
        plugin.update(CLUSTER, "dev", state, plugin.check(CLUSTER, after))

    sent = [(path, json.loads(body)) for method, path, body in served.requests if method == "POST"]
    for _, body in sent:
        body.pop("clientRequestToken")
    off = {"types": ["api", "authenticator", "controllerManager", "scheduler"], "enabled": False}
    assert sent == [
        ("/clusters/dev/updates", {"version": "1.34"}),
        (
            "/clusters/dev/encryption-config/associate",
            {"encryptionConfig": [{"resources": ["secrets"], "provider": {"keyArn": "k"}}]},
        ),
        ("/clusters/dev/update-config", {"upgradePolicy": {"supportType": "STANDARD"}}),
        ("/clusters/dev/update-config", {"accessConfig": {"authenticationMode": "API"}}),
        ("/clusters/dev/update-config", {"kubernetesNetworkConfig": {"elasticLoadBalancing": {"enabled": True}}}),
        (
            "/clusters/dev/update-config",
            {"resourcesVpcConfig": {"subnetIds": ["a", "b"], "endpointPublicAccess": False}},
        ),
        ("/clusters/dev/update-config", {"logging": {"clusterLogging": [{"types": ["audit"], "enabled": True}, off]}}),
    ]


def test_parallel_calls_of_the_engine_reach_aws_in_parallel(start: Start) -> None:
    together = threading.Barrier(16)

    def answer(_method: str, _path: str, body: str, _before: int) -> Answer:
        if "Action=GetRolePolicy" in body:
            return ok("<R><GetRolePolicyResult><PolicyDocument>%7B%7D</PolicyDocument></GetRolePolicyResult></R>")
        together.wait(10)  # broken unless sixteen requests are open at once
        return ok("<PutRolePolicyResponse/>")

    with stub(answer) as served, ThreadPoolExecutor(16) as engine:
        plugin = at(start, served)
        created = list(
            engine.map(
                lambda number: plugin.check_and_create(
                    ROLE_POLICY, {"role": "r", "name": f"p{number}", "policy": TRUST}
                )[0],
                range(16),
            )
        )

    assert created == [f"r:p{number}" for number in range(16)]
