"""API Gateway HTTP APIs: `HttpApi`."""

from .service import HttpApi

__all__ = ["HttpApi"]
