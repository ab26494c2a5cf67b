"""The files that pages load are those of the locked packages, and load nothing themselves."""

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest

from services.frame import rendering

ASSETS = Path(rendering.__file__).parent / "assets"
VENDOR = rendering.STATIC / "vendor"
LOCK = json.loads((ASSETS / "package-lock.json").read_text())


@pytest.mark.skipif(shutil.which("node") is None, reason="no Node here")
@pytest.mark.skipif(not (ASSETS / "node_modules").exists(), reason="no node_modules; make assets installs them")
def test_the_committed_files_are_what_the_locked_packages_give() -> None:
    checked = subprocess.run(["node", "build.mjs", "--check"], cwd=ASSETS, capture_output=True, text=True)
    assert checked.returncode == 0, checked.stderr


def test_the_lock_names_no_host_and_every_version() -> None:
    text = (ASSETS / "package-lock.json").read_text()
    assert '"resolved"' not in text
    declared = json.loads((ASSETS / "package.json").read_text())["devDependencies"]
    locked = {name: LOCK["packages"][f"node_modules/{name}"]["version"] for name in declared}
    assert locked == declared


@pytest.mark.parametrize("name", ["@tabler/core", "echarts", "htmx.org", "idiomorph", "zrender", "tslib"])
def test_what_is_served_comes_with_its_licence(name: str) -> None:
    version = LOCK["packages"][f"node_modules/{name}"]["version"]
    assert f"{name} {version} (" in (VENDOR / "LICENCES.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "word"),
    [
        ("htmx.js", "htmx"),
        ("idiomorph.js", "defineExtension"),
        ("echarts.js", "echarts"),
        ("tabler.css", "Tabler v1.6.1"),
    ],
)
def test_what_is_committed_is_whole(name: str, word: str) -> None:
    assert word in (VENDOR / name).read_text(encoding="utf-8")


def test_styles_load_nothing() -> None:
    for path in (VENDOR / "tabler.css", rendering.STATIC / "hub.css"):
        addresses = re.findall(r"url\(\s*[\"']?([^\"')]{0,20})", path.read_text(encoding="utf-8"))
        assert all(one.startswith("data:") for one in addresses), path


def test_an_address_changes_with_its_content() -> None:
    assert re.fullmatch(r"/static/hub\.css\?v=[0-9a-f]{12}", rendering.asset("hub.css"))
    assert rendering.asset("hub.css") != rendering.asset("live.js").replace("live.js", "hub.css")


def test_templates_have_no_scripts_or_styles_of_their_own() -> None:
    services = ASSETS.parents[1]
    for path in services.glob("*/templates/*.html"):
        text = path.read_text(encoding="utf-8")
        assert not re.search(r"<style|\sstyle=|\son[a-z]+=|hx-on|javascript:", text), path
        assert all("src=" in one for one in re.findall(r"<script[^>]*>", text)), path
        assert "http" not in re.sub(r"https?://www\.w3\.org", "", text).replace("htmx-config", ""), path
