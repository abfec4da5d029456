"""The environment of the worker. Every problem with it is reported at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit


class ConfigNotValid(Exception):
    """The message names every setting that is not valid, one per line, without its value."""


@dataclass(frozen=True)
class Config:
    redis_url: str
    prefix: str
    dispo_url: str
    cleaning_url: str
    internal_token: str
    data_dir: Path
    host: str
    port: int


def read_config(env: Mapping[str, str]) -> Config:
    problems: list[str] = []

    def read(name: str, default: str, expected: str, is_valid: bool | None = None, *schemes: str) -> str:
        value = env.get(name) or default
        if not (_is_url(value, schemes) if is_valid is None else is_valid):
            problems.append(f"{name} must be {expected}")
        return value

    port = env.get("PYTHON_WORKER_PORT") or "9083"
    data_dir = env.get("HOTEL_DATA_DIR") or ""
    http = "a URL like http://127.0.0.1:9080"
    # BullMQ for Python knows neither Sentinel nor cluster URLs.
    redis = "a URL like redis://127.0.0.1:6379, or rediss:// for TLS"
    config = Config(
        redis_url=read("REDIS_URL", "redis://127.0.0.1:6379", redis, None, "redis", "rediss"),
        prefix=env.get("HOTEL_QUEUE_PREFIX") or "hotel",
        dispo_url=read("DISPO_INTERNAL_URL", "http://127.0.0.1:9080", http, None, "http", "https").rstrip("/"),
        cleaning_url=read("CLEANING_INTERNAL_URL", "http://127.0.0.1:9081", http, None, "http", "https").rstrip("/"),
        # There are two tokens during a rotation; the first one is sent.
        internal_token=(env.get("HOTEL_INTERNAL_TOKEN") or "").split(",")[0].strip(),
        data_dir=Path(read("HOTEL_DATA_DIR", "", "a folder for the plan", data_dir != "")),
        host=env.get("HOTEL_HOST") or "127.0.0.1",
        port=int(port) if port.isdecimal() else 0,
    )
    read("PYTHON_WORKER_PORT", "9083", "a port from 1 to 65535", 1 <= config.port <= 65_535)
    if problems:
        raise ConfigNotValid("\n".join(problems))
    return config


def _is_url(value: str, schemes: tuple[str, ...]) -> bool:
    try:
        parts = urlsplit(value)
        return parts.scheme in schemes and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        return False
