"""The page of the components is the one that the schema gives."""

import importlib.util
import json
from pathlib import Path

from pulumi_eks_pod_identity.host import PodIdentityProvider

DOCS = Path(__file__).resolve().parents[2] / "docs"


def test_the_page_of_the_components_is_up_to_date():
    """After a change that is meant, `python docs/write_components.py` writes it anew."""
    spec = importlib.util.spec_from_file_location("write_components", DOCS / "write_components.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)

    assert (DOCS / "components.md").read_text() == module.page(json.loads(PodIdentityProvider().schema or "{}"))
