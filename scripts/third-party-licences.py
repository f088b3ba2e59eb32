#!/usr/bin/env python3
"""Licences of the libraries inside the program, and a list of them for machines.

Reads what cargo has resolved for one system with the features of a release, follows normal dependencies from this
package, and writes THIRD-PARTY-LICENCES.txt (every licence text once, with the packages it stands in) and a CycloneDX
list. Needs nothing but Python and cargo; the sources must have been fetched.
  scripts/third-party-licences.py OUT_DIR [--target TRIPLE] [--features LIST]
"""
import argparse
import hashlib
import json
import os
import re
import subprocess
import sys

TEXTS = re.compile(r"^(licen[cs]e|copying|copyright|notice|unlicense)", re.IGNORECASE)
# Texts of this repository serve where a package states a licence and has no file of it.
OWN = {
    "MIT": "LICENSE-MIT",
    "Apache-2.0": "LICENSE-APACHE",
    "MPL-2.0": "packaging/licences/MPL-2.0.txt",
    "CC0-1.0": "packaging/licences/CC0-1.0.txt",
}


def metadata(target, features):
    command = ["cargo", "metadata", "--format-version", "1", "--locked", "--offline", "--filter-platform", target]
    command += ["--no-default-features", "--features", features]
    return json.loads(subprocess.run(command, check=True, capture_output=True).stdout)


def inside(data):
    """Packages that are linked into the program, by id: reached over normal dependencies."""
    nodes = {node["id"]: node for node in data["resolve"]["nodes"]}
    root = data["resolve"]["root"]
    seen, waiting = set(), [root]
    while waiting:
        node = nodes[waiting.pop()]
        for dependency in node["deps"]:
            is_linked = any(kind["kind"] is None for kind in dependency["dep_kinds"])
            if is_linked and dependency["pkg"] not in seen:
                seen.add(dependency["pkg"])
                waiting.append(dependency["pkg"])
    packages = {package["id"]: package for package in data["packages"]}
    return sorted((packages[one] for one in seen), key=lambda package: (package["name"], package["version"]))


def texts_of(package):
    folder = os.path.dirname(package["manifest_path"])
    found = []
    for name in sorted(os.listdir(folder)):
        path = os.path.join(folder, name)
        if TEXTS.match(name) and os.path.isfile(path):
            with open(path, encoding="utf-8", errors="replace") as file:
                found.append(file.read().strip())
        elif TEXTS.match(name) and os.path.isdir(path):
            for inner in sorted(os.listdir(path)):
                with open(os.path.join(path, inner), encoding="utf-8", errors="replace") as file:
                    found.append(file.read().strip())
    return found


def stated(package, root):
    """The texts of a licence that a package states without a file of it."""
    words = set(re.findall(r"[A-Za-z0-9.-]+", package["license"] or ""))
    for name, file in OWN.items():
        if name in words:
            with open(os.path.join(root, file), encoding="utf-8") as text:
                return [f"({name}; the package has no file of its licence)\n\n" + text.read().strip()]
    return []


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("out")
    parser.add_argument("--target", default="x86_64-unknown-linux-gnu")
    parser.add_argument("--features", default="cpu,gpu,studio")
    arguments = parser.parse_args()
    root = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    os.chdir(root)
    data = metadata(arguments.target, arguments.features)
    packages = inside(data)
    by_text, without, components = {}, [], []
    for package in packages:
        name = f"{package['name']} {package['version']} ({package['license'] or 'see its file'})"
        texts = texts_of(package) or stated(package, root)
        if not texts:
            without.append(name)
        for text in texts:
            key = hashlib.sha256(" ".join(text.split()).encode()).hexdigest()
            by_text.setdefault(key, (text, []))[1].append(name)
        component = {
            "type": "library",
            "name": package["name"],
            "version": package["version"],
            "purl": f"pkg:cargo/{package['name']}@{package['version']}",
        }
        if package["license"]:
            # Older packages write a slash where the standard has OR.
            component["licenses"] = [{"expression": package["license"].replace("/", " OR ")}]
        components.append(component)
    if without:
        sys.exit("no licence text is known of: " + ", ".join(without))
    os.makedirs(arguments.out, exist_ok=True)
    with open(os.path.join(arguments.out, "THIRD-PARTY-LICENCES.txt"), "w", encoding="utf-8") as file:
        file.write(f"RetiDiff Studio contains {len(packages)} libraries. Their licences, each text once; the sources of every\n")
        file.write("library are at https://crates.io/crates/NAME/VERSION, unchanged.\n")
        for text, names in sorted(by_text.values(), key=lambda entry: entry[1][0]):
            file.write("\n" + "=" * 100 + "\n" + "\n".join(names) + "\n" + "-" * 100 + "\n" + text + "\n")
    own = next(package for package in data["packages"] if package["id"] == data["resolve"]["root"])
    listing = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.5",
        "version": 1,
        "metadata": {"component": {"type": "application", "name": own["name"], "version": own["version"]}},
        "components": components,
    }
    with open(os.path.join(arguments.out, "sbom.cdx.json"), "w", encoding="utf-8") as file:
        json.dump(listing, file, indent=1)
    print(f"{len(packages)} libraries, {len(by_text)} texts")


main()
