"""What the lessons' resources are called: everything starts with the learner's prefix.

Thirty learners share an AWS account without meeting, since each has a prefix; and whatever they make carries the
same two tags, so that it can be found, paid for and deleted.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from helpers.messages import Friendly
from helpers.translate import t

PROJECT = "streaming-workbook"


class PrefixError(Friendly):
    """A prefix that AWS would refuse in some resource's name."""


@dataclass(frozen=True)
class Names:
    """Names("f1-vote").stream is "f1-vote-stream". Raises PrefixError on a prefix that AWS would refuse."""

    prefix: str

    def __post_init__(self) -> None:
        if not re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", self.prefix) or len(self.prefix) > 30:
            raise PrefixError(t("names.bad_prefix", prefix=self.prefix))

    @property
    def stream(self) -> str:
        return f"{self.prefix}-stream"

    @property
    def table(self) -> str:
        return f"{self.prefix}-results"

    @property
    def producer(self) -> str:
        return f"{self.prefix}-producer"

    @property
    def consumer(self) -> str:
        return f"{self.prefix}-consumer"

    @property
    def producer_role(self) -> str:
        return f"{self.prefix}-producer-role"

    @property
    def consumer_role(self) -> str:
        return f"{self.prefix}-consumer-role"

    @property
    def api(self) -> str:
        return f"{self.prefix}-api"

    @property
    def queue(self) -> str:
        """Where failed batches go."""
        return f"{self.prefix}-failures"

    @property
    def tags(self) -> dict[str, str]:
        """For Kinesis, Lambda, API Gateway and SQS, which take {"name": "value"}."""
        return {"project": PROJECT, "prefix": self.prefix}

    @property
    def tag_list(self) -> list[dict[str, str]]:
        """For IAM and DynamoDB, which take [{"Key": …, "Value": …}]."""
        return [{"Key": key, "Value": value} for key, value in self.tags.items()]
