"""PI501 to PI503: tags."""

from eks_pod_identity.rules.catalogue.samples import association, role, trust
from eks_pod_identity.rules.rule import Example, Level, Rule

_POLICY = "pod-identity-tags"
_REQUIRED = {"requiredTags": ["Owner", "Environment"]}
_ALLOWED = {"requiredTags": {"Environment": ["dev", "staging", "prod"], "CostCenter": {"pattern": "[0-9]{4}"}}}

RULES = (
    Rule(
        code="PI501",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="Required tags are there",
        cause="Tags that `requiredTags` names are missing, judged on `tags`, known `tagsAll` and the provider's default "
        "tags together.",
        why="Costs and owners of the resource cannot be told.",
        fix="Add them to `tags` of the component, which hands them to every child, or to the provider's default tags.",
        raw_fix="Add them to tags, or to the provider's defaultTags.",
        compliant=Example(
            {
                "role": role(trust(), tags={"Owner": "payments", "Environment": "dev"}),
                "association": association(tags={"Owner": "payments", "Environment": "dev"}),
            },
            config=_REQUIRED,
        ),
        violating=Example(
            {
                "role": role(trust(), tags={"Owner": "payments", "Environment": "dev"}),
                "association": association(tags={"Owner": "payments"}),
            },
            config=_REQUIRED,
        ),
    ),
    Rule(
        code="PI502",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="Tag values are allowed ones",
        cause="The value of a tag is outside the values or the pattern that `requiredTags` gives.",
        why="Reports and budgets that group by the tag miss the resource.",
        fix="Correct the value in `tags`.",
        raw_fix="Correct the value in tags.",
        compliant=Example({"role": role(trust(), tags={"Environment": "dev", "CostCenter": "4711"})}, config=_ALLOWED),
        violating=Example(
            {"role": role(trust(), tags={"Environment": "test", "CostCenter": "4711"})}, config=_ALLOWED
        ),
    ),
    Rule(
        code="PI503",
        level=Level.MANDATORY,
        policy=_POLICY,
        title="Tags keep off names that AWS gives a meaning",
        cause="A key begins with `aws:`, or a tag of a role is named like one of the six session tags.",
        why="AWS refuses `aws:`; a role tag named like a session tag takes its place in policies once session tags are "
        "off, and names a namespace that nobody checked.",
        fix="Rename the key in `tags`.",
        raw_fix="Rename the key in tags.",
        compliant=Example({"role": role(trust(), tags={"team": "payments"})}),
        violating=Example({"role": role(trust(), tags={"kubernetes-namespace": "payments"})}),
    ),
)
