"""Default arguments for the tests of all components."""

import copy

import pytest

READ = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["s3:GetObject"], "Resource": ["arn:aws:s3:::invoices/*"]}],
}


@pytest.fixture
def read():
    """A policy document."""
    return copy.deepcopy(READ)


@pytest.fixture
def base():
    """The required arguments of a PodIdentity."""
    return {"cluster_name": "dev", "namespace": "payments", "service_account": "api"}
