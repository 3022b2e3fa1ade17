"""The webhook's list follows the associations after a delay, which stands for eventual consistency."""

import json

from sandbox.eks.feed import Feed, write

API, WORKER = ("payments", "api"), ("payments", "worker")


def test_an_association_is_listed():
    assert Feed().identities([API], now=0.0, delay=0) == [{"namespace": "payments", "serviceAccount": "api"}]


def test_the_list_has_one_order():
    assert Feed().identities([WORKER, API], now=0.0, delay=0) == Feed().identities([API, WORKER], now=0.0, delay=0)


def test_an_association_is_listed_only_after_the_delay():
    feed = Feed()

    assert feed.identities([API], now=100.0, delay=5) == []
    assert feed.identities([API], now=104.9, delay=5) == []
    assert len(feed.identities([API], now=105.0, delay=5)) == 1


def test_with_a_seed_each_association_has_a_delay_of_its_own():
    many = [("payments", f"worker-{number}") for number in range(40)]

    def visible(seed):
        feed = Feed()
        feed.identities(many, now=0.0, delay=10, seed=seed)
        return [item["serviceAccount"] for item in feed.identities(many, now=5.0, delay=10, seed=seed)]

    assert visible(1) == visible(1)
    assert visible(1) != visible(2)
    assert 5 < len(visible(1)) < 35


def test_a_deleted_association_leaves_the_list():
    feed = Feed()
    feed.identities([API, WORKER], now=0.0, delay=0)

    assert feed.identities([WORKER], now=1.0, delay=0) == [{"namespace": "payments", "serviceAccount": "worker"}]


def test_a_recreated_association_waits_again():
    feed = Feed()
    feed.identities([API], now=0.0, delay=5)
    feed.identities([], now=10.0, delay=5)

    assert feed.identities([API], now=11.0, delay=5) == []


def test_the_file_has_the_form_that_the_webhook_reads(tmp_path):
    path = tmp_path / "identities.json"
    write(path, [{"namespace": "payments", "serviceAccount": "api"}])

    assert json.loads(path.read_text()) == {"identities": [{"namespace": "payments", "serviceAccount": "api"}]}
