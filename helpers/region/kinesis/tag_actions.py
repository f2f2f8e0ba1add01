"""Actions on a stream's tags, by the older names (AddTagsToStream) and the newer (TagResource): the same tags."""

from __future__ import annotations

import re

from ..errors import AwsError
from .actions import Actions
from .stream import Stream

MOST_TAGS = 50
ALLOWED = re.compile(r"[\w\s./=+\-%@:]*")


class TagActions(Actions):
    def add_tags_to_stream(self, *, Tags, StreamName=None, StreamARN=None):
        _add(self._registry.find(StreamName, StreamARN), Tags)
        return {}

    def remove_tags_from_stream(self, *, TagKeys, StreamName=None, StreamARN=None):
        _remove(self._registry.find(StreamName, StreamARN), TagKeys)
        return {}

    def list_tags_for_stream(
        self, *, StreamName=None, StreamARN=None, ExclusiveStartTagKey=None, Limit=MOST_TAGS
    ):
        tags = _listed(self._registry.find(StreamName, StreamARN))
        after = [tag for tag in tags if ExclusiveStartTagKey is None or tag["Key"] > ExclusiveStartTagKey]
        return {"Tags": after[:Limit], "HasMoreTags": len(after) > Limit}

    def tag_resource(self, *, ResourceARN, Tags):
        _add(self._resource(ResourceARN), Tags)
        return {}

    def untag_resource(self, *, ResourceARN, TagKeys):
        _remove(self._resource(ResourceARN), TagKeys)
        return {}

    def list_tags_for_resource(self, *, ResourceARN):
        return {"Tags": _listed(self._resource(ResourceARN))}

    def _resource(self, arn: str) -> Stream:
        """Streams are the only resources here: consumers, channels and queues are not in this region."""
        return self._registry.find(None, arn)


def check_tags(stream: Stream, new: dict[str, str]) -> dict[str, str]:
    """The stream's tags with the new ones. Raises AwsError. Texts: kinesalite's addTagsToStream.js."""
    if not all(ALLOWED.fullmatch(text) for pair in new.items() for text in pair):
        raise AwsError(
            "InvalidArgumentException",
            "Some tags contain invalid characters. Valid characters: Unicode letters, digits, white space, "
            "_ . / = + - % @ :.",
        )
    tags = {**stream.tags, **new}
    if len(tags) > MOST_TAGS:
        raise AwsError(
            "InvalidArgumentException",
            f"Failed to add tags to {stream.where} because a given stream cannot have more than {MOST_TAGS} tags "
            "associated with it.",
        )
    return tags


def _add(stream: Stream, tags: dict[str, str]) -> None:
    with stream.lock:
        stream.tags = check_tags(stream, tags)


def _remove(stream: Stream, keys: list[str]) -> None:
    with stream.lock:
        stream.tags = {key: value for key, value in stream.tags.items() if key not in keys}


def _listed(stream: Stream) -> list[dict]:
    return [{"Key": key, "Value": value} for key, value in sorted(stream.tags.items())]
