"""Build a new index that no reader sees yet, and go on with one whose building was broken off.

Its writer writes to an alias of its own, the claim, so that an index that was deleted is not created again. The claim
is removed when the index becomes the current one. Whoever goes on with it puts another claim in the place of the first:
what the earlier writer still sends is refused.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple
from uuid import uuid4

from ...model import Holding
from ...semantic.model import SemanticModel
from .catalogue import Catalogue, is_unfinished, new_claim
from .mapping import DOCUMENT_FORMAT, MARK, index_body

# How long to wait for the replicas of an empty index; with fewer nodes than replicas, the build goes on without.
REPLICATION_TIMEOUT = "10s"


class Build(NamedTuple):
    """An index that is being built.

    Attributes:
        name: That of the index.
        claim: The alias by which it is written.
        generation: The generation with which its writer marks documents; none of an earlier writer's is marked so.
        held: What earlier writers have built of it, by path, and the generation with which it is marked.
        average: The average length of these posts in tokens; 0 if there are none.
    """

    name: str
    claim: str
    generation: int
    held: Mapping[str, tuple[Holding, int]]
    average: float = 0.0


def begin_build(catalogue: Catalogue, generation: int, model: SemanticModel | None) -> Build:
    """Go on with an index that is as it would be created now, or create one.

    Args:
        catalogue: The indexes.
        generation: The one that is begun.
        model: What makes the vectors of posts; None for none.
    """
    # The model is told by its folder: once it is loaded, no process that makes vectors can be forked.
    vectors = [str(model.folder)] if model else []
    kind = [DOCUMENT_FORMAT, vectors, catalogue.shards, catalogue.replicas]
    for index, details in catalogue.indexes().items():
        if is_unfinished(index, details["aliases"]) and details["mappings"].get("_meta") == {"kind": kind}:
            return _adopt(catalogue, index, details["aliases"], generation)
    return _create(catalogue, {"kind": kind}, generation)


def swap(catalogue: Catalogue, old: str | None, build: Build) -> None:
    """Make the alias name another index, atomically; fail if another writer did so, or took or deleted the new one."""
    actions: list[dict[str, Any]] = [
        {"remove": {"index": build.name, "alias": build.claim, "must_exist": True}},
        {"add": {"index": build.name, "alias": catalogue.name}},
    ]
    if old:
        actions.append({"remove": {"index": old, "alias": catalogue.name, "must_exist": True}})
    catalogue.cluster(lambda client: client.indices.update_aliases(body={"actions": actions}))


def _create(catalogue: Catalogue, about: dict[str, Any], generation: int) -> Build:
    index = f"{catalogue.name}-v-{uuid4().hex[:12]}"
    claim = new_claim(index)
    body = index_body(catalogue.shards, catalogue.replicas, about)
    # Without replicas, the loss of a node would lose the whole build.
    params = {
        "wait_for_active_shards": "all",
        "timeout": REPLICATION_TIMEOUT,
        "request_timeout": catalogue.cluster.access.timeout,
    }
    content = {**body, "aliases": {claim: {}}}
    catalogue.cluster(lambda client: client.indices.create(index=index, body=content, params=params))
    return Build(index, claim, generation, {})


def _adopt(catalogue: Catalogue, index: str, aliases: Mapping[str, Any], generation: int) -> Build:
    claim = new_claim(index)
    actions: list[dict[str, Any]] = [
        *({"remove": {"index": index, "alias": alias, "must_exist": True}} for alias in aliases),
        {"add": {"index": index, "alias": claim}},
    ]
    catalogue.cluster(lambda client: client.indices.update_aliases(body={"actions": actions}))
    # It may have been complete already, but for the change of the alias.
    catalogue.cluster(lambda client: client.delete(index=index, id=MARK, params={"ignore": 404}))
    catalogue.refresh(index)
    held = {path: (holding, added) for path, added, holding in catalogue.held(index, {"match_all": {}})}
    begun = max([generation, *(added + 1 for _, added in held.values())])
    return Build(index, claim, begun, held, catalogue.average(index))
