"""Migrations are one line per app, and say all that the models say."""

import pytest
from django.apps import apps
from django.db.migrations.autodetector import MigrationAutodetector
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.utils import translation

OURS = sorted(config.label for config in apps.get_app_configs() if config.name.startswith("absah_site."))


@pytest.fixture(scope="module")
def loader() -> MigrationLoader:
    """The graph of all migrations, read from the files alone."""
    return MigrationLoader(None, ignore_no_migrations=True)


@pytest.mark.parametrize("app", OURS)
def test_the_migrations_of_an_app_are_one_line(loader: MigrationLoader, app: str) -> None:
    models = list(apps.get_app_config(app).get_models())
    leaves = loader.graph.leaf_nodes(app)
    ours = [node for node in loader.graph.nodes if node[0] == app]

    assert len(leaves) == (1 if models or ours else 0)
    for node in ours:
        parents = [parent.key for parent in loader.graph.node_map[node].parents if parent.key[0] == app]
        assert len(parents) <= 1, node


def test_no_model_waits_for_a_migration(loader: MigrationLoader) -> None:
    # As `makemigrations` does: names are compared untranslated, or a catalogue would look like a change.
    with translation.override(None):
        detector = MigrationAutodetector(loader.project_state(), ProjectState.from_apps(apps))
        changes = detector.changes(graph=loader.graph)

    assert {app: found for app, found in changes.items() if app in OURS} == {}
