"""What a policy allows: pure rules over IAM's JSON documents, no store and no request.

A Deny that matches wins over any Allow; where nothing matches, the answer is no.
Source: IAM User Guide, "Policy evaluation logic" and "IAM JSON policy elements reference".
"""

from __future__ import annotations

import enum
import re
from collections.abc import Callable, Collection, Iterable, Iterator
from functools import lru_cache

Context = dict[str, str]
"""Condition keys of a request, their names in any case: {"aws:SourceArn": "arn:aws:execute-api:…"}."""


class Decision(enum.Enum):
    ALLOWED = "allowed"
    IMPLICIT_DENY = "implicit deny"
    EXPLICIT_DENY = "explicit deny"


def decide(documents: list[dict], action: str, resource: str, context: Context | None = None) -> Decision:
    """What a role's documents say of `action` ("kinesis:PutRecord") on `resource`.

    resource: an ARN, or "*" for an action that is about none.
    """
    statements = [statement for document in documents for statement in _statements(document)]
    return _verdict(s for s in statements if _applies(s, action, resource, context or {}))


def resource_policy_allows(
    document: dict, principal: str, action: str, resource: str, context: Context | None = None
) -> bool:
    """Whether the policy attached to `resource` lets `principal` do `action`.

    principal: a service ("apigateway.amazonaws.com") or an ARN.
    """
    named = (s for s in _statements(document) if _names(s.get("Principal"), principal))
    applying = (s for s in named if _applies(s, action, resource, context or {}, attached=True))
    return _verdict(applying) is Decision.ALLOWED


def trusts(trust_document: dict, service_principal: str) -> bool:
    """Whether a role's trust policy lets a service ("lambda.amazonaws.com") assume the role."""
    return resource_policy_allows(trust_document, service_principal, "sts:AssumeRole", "*")


def unjudged(documents: list[dict], action: str, known_keys: Collection[str]) -> Iterator[str]:
    """What of the documents is judged otherwise than on AWS: a sentence for each thing, naming the Sid.

    Only statements that speak of `action` are judged. known_keys: the condition keys that the request comes with.
    """
    known = {key.lower() for key in known_keys}
    for statement in (s for document in documents for s in _statements(document) if _speaks_of(s, action)):
        which = f"{statement.get('Effect')} statement {statement.get('Sid', 'without a Sid')}"
        for stranger in _strangers(statement, known):
            yield f"The {which} is not judged as on AWS: its {stranger} is not in this region."


def _strangers(statement: dict, known_keys: set[str]) -> Iterator[str]:
    for operator, keys in statement.get("Condition", {}).items():
        if operator.removesuffix("IfExists") not in _OPERATORS:
            yield f"condition operator {operator}"
        else:
            yield from (f"condition key {key}" for key in keys if key.lower() not in known_keys)
    for resource in _list(statement.get("Resource", [])) + _list(statement.get("NotResource", [])):
        yield from (f"policy variable {variable}" for variable in re.findall(r"\$\{[^}]*\}", resource))


def _verdict(matching: Iterable[dict]) -> Decision:
    effects = {statement.get("Effect") for statement in matching}
    if "Deny" in effects:
        return Decision.EXPLICIT_DENY
    return Decision.ALLOWED if "Allow" in effects else Decision.IMPLICIT_DENY


def _applies(statement: dict, action: str, resource: str, context: Context, attached: bool = False) -> bool:
    # A policy attached to a resource need not name it. In a role's policy AWS refuses a statement without
    # Resource; should one be met all the same, it may take away but not give.
    about_all = attached or statement.get("Effect") == "Deny"
    return (
        _speaks_of(statement, action)
        and _element(statement, "Resource", lambda pattern: matches(pattern, resource), absent=about_all)
        and _condition_holds(statement.get("Condition", {}), context)
    )


def _speaks_of(statement: dict, action: str) -> bool:
    return _element(
        statement, "Action", lambda pattern: matches(pattern.lower(), action.lower()), absent=False
    )


def _element(statement: dict, name: str, holds: Callable[[str], bool], absent: bool) -> bool:
    if name in statement:
        return any(map(holds, _list(statement[name])))
    if f"Not{name}" in statement:
        return not any(map(holds, _list(statement[f"Not{name}"])))
    return absent


def _condition_holds(condition: dict, context: Context) -> bool:
    """Every operator and key must hold; of a key's values, one. An operator not known here never holds."""
    given = {key.lower(): value for key, value in context.items()}
    for operator, keys in condition.items():
        holds = _OPERATORS.get(operator.removesuffix("IfExists"))
        if holds is None:
            return False
        for key, wanted in keys.items():
            value = given.get(key.lower())
            if value is None and operator.endswith("IfExists"):
                continue
            if value is None or not any(holds(str(pattern), value) for pattern in _list(wanted)):
                return False
    return True


def _names(principals: str | dict | None, principal: str) -> bool:
    """Whether a Principal element speaks of `principal`; "*" is everyone, services included."""
    if not isinstance(principals, dict):
        return principals == "*"
    if "*" in _list(principals.get("AWS", [])):
        return True
    kind = "AWS" if principal.startswith("arn:") else "Service"
    return not _aliases(principal).isdisjoint(_list(principals.get(kind, [])))


def _aliases(principal: str) -> set[str]:
    """The names a Principal element may give it: its account, and for a role's session the role."""
    if not principal.startswith("arn:"):
        return {principal}
    _, partition, _, _, account, name = principal.split(":", 5)
    aliases = {principal, account, f"arn:{partition}:iam::{account}:root"}
    if name.startswith("assumed-role/"):
        aliases.add(f"arn:{partition}:iam::{account}:role/{name.split('/')[1]}")
    return aliases


def matches(pattern: str, text: str) -> bool:
    """IAM's wildcards over the whole text: `*` any run of characters, `/` and `:` too; `?` any one."""
    return _compiled(pattern).fullmatch(text) is not None


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> re.Pattern[str]:
    first, *others = (re.escape(part).replace(r"\?", ".") for part in pattern.split("*"))
    if not others:
        return re.compile(first, re.DOTALL)
    # What stands between two stars is taken where it first occurs, for good: no pattern makes the search explode.
    between = "".join(f"(?>.*?{part})" for part in others[:-1])
    return re.compile(f"{first}{between}.*{others[-1]}", re.DOTALL)


def _arn_matches(pattern: str, arn: str) -> bool:
    """Each of an ARN's six parts is matched by itself: `*` does not cross a colon before the last part."""
    parts, patterns = arn.split(":", 5), pattern.split(":", 5)
    return len(parts) == len(patterns) and all(map(matches, patterns, parts))


_OPERATORS: dict[str, Callable[[str, str], bool]] = {
    "StringEquals": lambda wanted, value: wanted == value,
    "StringLike": matches,
    "ArnEquals": _arn_matches,
    "ArnLike": _arn_matches,
}


def _statements(document: dict) -> list[dict]:
    return _list(document.get("Statement", []))


def _list(one_or_many):
    return one_or_many if isinstance(one_or_many, list) else [one_or_many]
