"""The pictures show what the component creates today."""

import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

PICTURES = Path(__file__).resolve().parents[2] / "docs" / "pictures"


def test_they_are_up_to_date():
    done = subprocess.run(
        [sys.executable, PICTURES / "draw.py", "--check"], capture_output=True, text=True, check=False
    )

    assert (done.returncode, done.stdout) == (0, ""), done.stderr


@pytest.mark.parametrize("path", sorted(PICTURES.glob("*.svg")), ids=lambda path: path.stem)
def test_they_have_a_title_and_a_description_for_screen_readers(path: Path):
    picture = ET.parse(path).getroot()

    assert all(picture.findtext(f"{{http://www.w3.org/2000/svg}}{tag}") for tag in ("title", "desc"))
