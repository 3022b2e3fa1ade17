"""The configuration of a policy: its schema for the engine, and its parsed values."""

import datetime as dt
import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, cast

from eks_pod_identity.errors import RuleError, join_values, quote
from eks_pod_identity.rules.catalogue import RULES
from eks_pod_identity.rules.rule import Level
from eks_pod_identity.rules.tags.required import Required, expression
from eks_pod_identity.values import tags

_ON_UNKNOWN = ("fail", "warn", "skip")
_ACCOUNT = re.compile(r"[0-9]{12}")
_EXEMPTION_KEYS = ("match", "codes", "reason", "expires")
_WILDCARD = re.compile(r"[*?]")


@dataclass(frozen=True, slots=True)
class Exemption:
    """Findings of *codes* on the resource *match* are accepted through the day of *expires*.

    *match* is the URN or the full name of a resource, or `*` for all. Other wildcards are not supported, because an
    author could name a resource to match one.
    """

    match: str
    codes: frozenset[str]
    reason: str
    expires: dt.date

    def covers(self, code: str, urn: str, name: str) -> bool:
        """Return whether the exemption applies to a finding."""
        return code in self.codes and self.match in ("*", name, urn)

    def is_expired(self) -> bool:
        """Return whether its last day is over."""
        return dt.datetime.now(dt.UTC).date() > self.expires


@dataclass(frozen=True, slots=True)
class Settings:
    """The settings of a policy; *problems* are what could not be read."""

    levels: Mapping[str, Level] = field(default_factory=dict[str, Level])
    on_unknown: str = "warn"
    exemptions: tuple[Exemption, ...] = ()
    required_tags: tuple[Required, ...] = ()
    remediate_tags: Mapping[str, str] = field(default_factory=dict[str, str])
    cluster_account: str = ""
    problems: tuple[str, ...] = ()

    def level(self, code: str) -> Level:
        """Return the configured level of a rule."""
        return self.levels.get(code, RULES[code].level)


def settings_of(policy: str, config: Mapping[str, Any]) -> Settings:
    """Return the configuration that the engine passes; cached, so each configuration is parsed once."""
    if not config:
        return _DEFAULT
    return _parse_settings(policy, json.dumps(dict(config), sort_keys=True, default=str))


_DEFAULT = Settings()


@functools.lru_cache(maxsize=64)
def _parse_settings(policy: str, text: str) -> Settings:
    config = cast("dict[str, Any]", json.loads(text))
    problems: list[str] = []
    allowed = schema_of(policy)
    problems.extend(
        f"{quote(key)} is not a setting of this policy; it has {join_values(sorted(allowed))}"
        for key in config
        if key not in allowed
    )
    on_unknown = config.get("onUnknown", "warn")
    if on_unknown not in _ON_UNKNOWN:
        problems.append(f"onUnknown must be one of {join_values(_ON_UNKNOWN)}")
        on_unknown = "warn"
    account = config.get("clusterAccount", "")
    if account and not (isinstance(account, str) and _ACCOUNT.fullmatch(account)):
        problems.append("clusterAccount must be twelve digits in quotes")
        account = ""
    return Settings(
        levels=_levels(config.get("levels", {}), problems),
        on_unknown=on_unknown,
        exemptions=_exemptions(config.get("exempt", []), problems),
        required_tags=_required_tags(config.get("requiredTags", []), problems),
        remediate_tags=_constants(config.get("remediateTags", {}), problems),
        cluster_account=account,
        problems=tuple(problems),
    )


def _levels(source: object, problems: list[str]) -> dict[str, Level]:
    levels: dict[str, Level] = {}
    for code, level in _map(source, "levels", problems).items():
        if code not in RULES:
            problems.append(f"levels: {quote(code)} is not the code of a rule")
        elif level not in [choice.value for choice in Level]:
            problems.append(f"levels.{code} must be one of {join_values([choice.value for choice in Level])}")
        else:
            levels[code] = Level(level)
    return levels


def _exemptions(source: object, problems: list[str]) -> tuple[Exemption, ...]:
    if not isinstance(source, list):
        problems.append("exempt must be a list")
        return ()
    entries = enumerate(cast("list[object]", source))
    exemptions = [_exemption(entry, f"exempt[{index}]", problems) for index, entry in entries]
    return tuple(exemption for exemption in exemptions if exemption is not None)


def _exemption(entry: object, path: str, problems: list[str]) -> Exemption | None:
    faults: list[str] = []
    values = _map(entry, path, faults)
    codes = values.get("codes")
    wanted = cast("list[object]", codes) if isinstance(codes, list) else [codes]
    faults += _exemption_faults(values, wanted, path)
    expires = _date(values.get("expires"))
    if expires is None and values.get("expires"):
        faults.append(f"{path}.expires must be a day such as 2027-03-31")
    problems.extend(faults)
    if faults or expires is None:
        return None
    return Exemption(values["match"], frozenset(str(code) for code in wanted), values["reason"], expires)


def _exemption_faults(values: Mapping[str, Any], codes: Sequence[object], path: str) -> Iterator[str]:
    for key in _EXEMPTION_KEYS:
        if _is_blank(values.get(key)):
            yield f"{path} lacks {key}"
    for key in values:
        if key not in _EXEMPTION_KEYS:
            yield f"{path} has {quote(key)}, which is not a key of an exemption"
    for code in codes:
        if code and code not in RULES:
            yield f"{path}.codes: {quote(code)} is not the code of a rule"
    for key in ("match", "reason"):
        if not isinstance(values.get(key, ""), str):
            yield f"{path}.{key} must be a string"
    match = values.get("match")
    if isinstance(match, str) and match != "*" and _WILDCARD.search(match):
        yield f"{path}.match {quote(match)} has a wildcard: name one resource by its URN, or exempt all with *"


def _is_blank(value: object) -> bool:
    return not value or (isinstance(value, str) and not value.strip())


def _date(value: object) -> dt.date | None:
    try:
        return dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        return None


def _required_tags(source: object, problems: list[str]) -> tuple[Required, ...]:
    if isinstance(source, list):
        keys = cast("list[object]", source)
        problems.extend("requiredTags must be a list of keys, or a map" for key in keys if not isinstance(key, str))
        texts = [key for key in keys if isinstance(key, str)]
        problems.extend(_tag_problems("requiredTags", dict.fromkeys(texts, "")))
        return tuple(Required(key) for key in texts)
    if not isinstance(source, dict):
        problems.append("requiredTags must be a list of keys, or a map")
        return ()
    required: list[Required] = []
    for key, wanted in cast("dict[str, Any]", source).items():
        pattern = cast("Mapping[str, object]", wanted).get("pattern", "") if isinstance(wanted, Mapping) else ""
        values = cast("list[object]", wanted) if isinstance(wanted, list) else []
        if not isinstance(wanted, Mapping | list) or not all(isinstance(item, str) for item in values):
            problems.append(f"requiredTags.{key} must be a list of allowed values, or an object with a pattern")
        elif not _is_pattern(pattern) or (isinstance(wanted, Mapping) and set(cast("Any", wanted)) - {"pattern"}):
            problems.append(f"requiredTags.{key}.pattern must be a regular expression, and the only key")
        else:
            required.append(Required(key, tuple(str(item) for item in values), str(pattern)))
    problems.extend(_tag_problems("requiredTags", {each.key: each.values for each in required}))
    return tuple(required)


def _tag_problems(name: str, wanted: Mapping[str, str | tuple[str, ...]]) -> Iterator[str]:
    """Return the keys and values that AWS would refuse as tags: no resource could have them."""
    for problem in tags.problems(wanted):
        yield f"{name}.{problem.path[-1]}: {problem.rule.removesuffix('.')}"
    for key, values in wanted.items():
        for value in (values,) if isinstance(values, str) else values:
            try:
                tags.tag_value(value)
            except RuleError as error:
                yield f"{name}.{key}: {error.rule.removesuffix('.')}"


def _is_pattern(value: object) -> bool:
    if not isinstance(value, str):
        return False
    try:
        expression(value)
    except ValueError:
        return False
    return True


def _constants(source: object, problems: list[str]) -> dict[str, str]:
    values = _map(source, "remediateTags", problems)
    problems.extend(
        f"remediateTags.{key} must be a string" for key, value in values.items() if not isinstance(value, str)
    )
    texts = {key: value for key, value in values.items() if isinstance(value, str)}
    problems.extend(_tag_problems("remediateTags", texts))
    return texts


def _map(source: object, name: str, problems: list[str]) -> dict[str, Any]:
    if isinstance(source, dict):
        return cast("dict[str, Any]", source)
    problems.append(f"{name} must be an object")
    return {}


def schema_of(policy: str) -> dict[str, dict[str, Any]]:
    """Return the JSON schema of each setting of *policy*, which the engine checks before a run."""
    text = {"type": "string", "minLength": 1}
    level = {"type": "string", "enum": [choice.value for choice in Level]}
    schema: dict[str, dict[str, Any]] = {
        "onUnknown": {
            "type": "string",
            "enum": list(_ON_UNKNOWN),
            "default": "warn",
            "description": "What to do if a rule cannot judge a value that is not known yet.",
        },
        "levels": {
            "type": "object",
            "properties": dict.fromkeys(RULES, level),
            "additionalProperties": False,
            "description": "Levels of rules, by code, that differ from the default.",
        },
        "exempt": _exemptions_schema(),
    }
    if policy == "pod-identity-tags":
        schema["requiredTags"] = {
            "description": "Keys; or a map of keys to allowed values or a pattern for the whole value.",
            "type": ["array", "object"],
            "items": text,
            "additionalProperties": {
                "type": ["array", "object"],
                "items": {"type": "string"},
                "properties": {"pattern": {"type": "string", "format": "regex"}},
                "additionalProperties": False,
            },
        }
        schema["remediateTags"] = {
            "description": "Constant tags that the level `remediate` adds if they are missing.",
            "type": "object",
            "additionalProperties": {"type": "string"},
        }
    if policy in ("pod-identity-association", "pod-identity-stack"):
        schema["clusterAccount"] = {
            "description": "The account of the clusters, if a stack does not show it.",
            "type": "string",
            "pattern": "^[0-9]{12}$",
        }
    return schema


def _exemptions_schema() -> dict[str, Any]:
    return {
        "type": "array",
        "description": "Accepted findings, each with a reason and a last day.",
        "items": {
            "type": "object",
            "required": list(_EXEMPTION_KEYS),
            "additionalProperties": False,
            "properties": {
                "match": {
                    "type": "string",
                    "pattern": "^([*]|[^*?]+)$",
                    "description": "URN or name of the resource, without wildcards; or * for every resource.",
                },
                "codes": {"type": "array", "items": {"type": "string", "enum": list(RULES)}, "minItems": 1},
                "reason": {"type": "string", "pattern": "[^\\s]", "description": "Why it is accepted."},
                "expires": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"},
            },
        },
    }
