"""How to reach the database, from the variables that the link to `db` gives."""

import os
from collections.abc import Mapping


def connection_from_environment(env: Mapping[str, str] = os.environ) -> dict[str, str | int]:
    """With DB_CA_FILE the server's certificate must come from that authority and bear the server's name."""
    parameters: dict[str, str | int] = {
        "host": env["DB_HOST"],
        "port": int(env.get("DB_PORT", "5432")),
        "user": env["DB_USER"],
        "password": env["DB_PASSWORD"],
        "dbname": env["DB_NAME"],
        "connect_timeout": 5,
    }
    if env.get("DB_CA_FILE"):
        parameters |= {"sslmode": "verify-full", "sslrootcert": env["DB_CA_FILE"]}
    return parameters
