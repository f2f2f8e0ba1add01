"""AWS Lambda, running the deployed zip for real: a child process an environment, under AWS's own runtime client."""

from .environment import Invocation
from .function import Function
from .service import Lambda

__all__ = ["Function", "Invocation", "Lambda"]
