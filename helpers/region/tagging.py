"""The tags of what the Lambda API makes: functions and event source mappings, told apart by their ARN."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Protocol


class Tagged(Protocol):
    tags: dict[str, str]


class LambdaTags:
    """Each finder takes an ARN and gives what bears the tags, or raises AwsError."""

    def __init__(self, function: Callable[[str], Tagged], mapping: Callable[[str], Tagged]):
        self._function = function
        self._mapping = mapping
        self._lock = threading.Lock()

    def tag_resource(self, *, Resource, Tags):
        tagged = self._find(Resource)
        with self._lock:
            tagged.tags = {**tagged.tags, **Tags}

    def untag_resource(self, *, Resource, TagKeys):
        tagged = self._find(Resource)
        with self._lock:
            tagged.tags = {key: value for key, value in tagged.tags.items() if key not in TagKeys}

    def list_tags(self, *, Resource):
        return {"Tags": self._find(Resource).tags}

    def _find(self, arn: str) -> Tagged:
        return self._mapping(arn) if ":event-source-mapping:" in arn else self._function(arn)
