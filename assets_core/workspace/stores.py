"""Open the metadata store of a project; nothing of what it declares is needed for that."""

from __future__ import annotations

from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING

from assets_core.backends.process_owner import is_alive, is_alive_among_hosts
from assets_core.backends.sqlite import open_sqlite
from assets_core.errors import ConfigurationError
from assets_core.files import make_folder, put_text
from assets_core.workspace.settings import POSTGRES, Settings

if TYPE_CHECKING:
    from assets_core.protocols.metadata import MetadataStore


def open_store(settings: Settings) -> MetadataStore:
    """Open the metadata store that the settings name; make it if it may be written."""
    store = _opened_store(settings)
    if not settings.read_only:
        return store
    view: MetadataStore = import_module("assets_core.workspace.past").read_only(store)
    return view


def _opened_store(settings: Settings) -> MetadataStore:
    url = settings.metadata_url
    if url.startswith(POSTGRES):
        _make_folder(settings.state, settings)
        return _open_postgres(url, settings)
    path = settings.root / url.removeprefix("sqlite:///")
    if not settings.read_only:
        _make_folder(path.parent, settings)
    return open_sqlite(path, is_alive, read_only=settings.read_only)


def _make_folder(folder: Path, settings: Settings) -> None:
    try:
        if not folder.is_dir():
            make_folder(folder, mode=0o700)
            if folder == settings.state:
                put_text(folder / ".gitignore", "*\n")
    except OSError as error:
        raise ConfigurationError(
            f"The folder of the metadata store cannot be made: {error.strerror}",
            fix="run where you may write, or set [metadata] url to another place",
            where=str(folder),
        ) from error


def _open_postgres(url: str, settings: Settings) -> MetadataStore:
    try:
        backend = import_module("assets_core.backends.postgres")
    except ImportError as error:
        raise ConfigurationError(
            "The driver 'psycopg' for PostgreSQL is not installed",
            fix="pip install 'assets-core[postgres]'",
            where="[metadata] url",
        ) from error
    store: MetadataStore = backend.open_postgres(
        url,
        settings.metadata_schema,
        is_alive_among_hosts,
        read_only=settings.read_only,
    )
    try:
        _refuse_another(store, settings)
    except BaseException:
        store.close()
        raise
    return store


def _refuse_another(store: MetadataStore, settings: Settings) -> None:
    """Raise if the store is that of another project; one without a name may be any."""
    if not settings.is_named:
        return
    owner = store.keeping.belong_to(settings.name)
    if owner != settings.name:
        schema = settings.metadata_schema
        raise ConfigurationError(
            f"The metadata store belongs to the project '{owner}', and this one is called"
            f" '{settings.name}'",
            fix="set [metadata] schema to a name that no other project has; if this one was"
            " renamed, set the value of the row 'project' in the table"
            f" {schema}.facts to the new name",
            where=f"[metadata] schema = {schema}",
        )
