"""Evidence bundles as folders."""

from pathlib import Path

from muniment.vault.evidence import EvidenceBundle, bundle_files


def write_bundle(directory: Path, bundle: EvidenceBundle) -> None:
    """Write the bag into `directory`, which must not exist."""
    directory.mkdir()
    for name, data in bundle_files(bundle).items():
        path = directory / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
