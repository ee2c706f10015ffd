"""The backend as a process, on real PostgreSQL servers with TLS and an emulated DynamoDB and Secrets Manager."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import httpx
import pytest

from tests.unit.backend import aws as emulated_aws
from tests.unit.backend import postgres as real_postgres
from tests.unit.backend import server
from tests.unit.backend.aws import Aws
from tests.unit.backend.migration import Migration
from tests.unit.backend.postgres import Database
from tests.unit.backend.server import Backend

StartBackend = Callable[[dict[str, str]], AbstractContextManager[Backend]]
StartMigration = Callable[[dict[str, str]], Migration]


@pytest.fixture(scope="session")
def database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database]:
    with real_postgres.start(tmp_path_factory.mktemp("postgres")) as running:
        yield running


@pytest.fixture(scope="session")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Aws]:
    with emulated_aws.start(tmp_path_factory.mktemp("aws")) as running:
        yield running


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return server.install(tmp_path_factory.mktemp("application"))


@pytest.fixture(scope="session")
def start_migration(application: Path, database: Database) -> StartMigration:
    """Starts the step that each task runs first, with some of its environment changed."""

    return lambda changes: Migration(application, database.migration_environment() | changes)


@pytest.fixture(scope="session")
def migrated(start_migration: StartMigration, database: Database) -> Database:
    start_migration({}).end()
    return database


@pytest.fixture(scope="session")
def start_backend(
    tmp_path_factory: pytest.TempPathFactory, application: Path, aws: Aws, migrated: Database
) -> StartBackend:
    """Starts a backend of the test's own, with some of its environment changed."""

    def start(changes: dict[str, str]) -> AbstractContextManager[Backend]:
        env = aws.environment() | migrated.environment() | changes
        return server.start(application, tmp_path_factory.mktemp("backend"), env)

    return start


@pytest.fixture(scope="session")
def backend(start_backend: StartBackend) -> Iterator[Backend]:
    with start_backend({}) as running:
        yield running


@pytest.fixture
def client(backend: Backend) -> Iterator[httpx.Client]:
    with backend.client() as client:
        yield client
