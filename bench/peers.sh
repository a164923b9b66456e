# Sourced by the benchmarks: builds atlas and installs the peer into bench/.peers, once.
set -euo pipefail
bench=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
root=$(dirname "$bench")
peers=$bench/.peers
atlas=$root/bin/atlas
make -s -C "$root" build

dbt=${ATLAS_DBT:-$peers/dbt/bin/dbt}
if ! [ -x "$dbt" ]; then
  mkdir -p "$peers"
  python3 -m venv "$peers/dbt"
  "$peers/dbt/bin/pip" install -q -r "$root/.ci/requirements.txt"
fi

# The Rust dbt 2.x comes from PyPI as a source package that downloads its binary while it is
# built, from a host that not every machine reaches. Where it cannot be had, its rows are left out.
dbt2=$peers/dbt2/bin/dbt
if [ -z "${ATLAS_NO_DBT2:-}" ] && ! [ -x "$dbt2" ]; then
  mkdir -p "$peers"
  python3 -m venv "$peers/dbt2"
  "$peers/dbt2/bin/pip" install -q 'dbt>=2,<3' >/dev/null 2>&1 || echo "dbt 2.x cannot be installed here: left out" >&2
fi
[ -x "$dbt2" ] || dbt2=
export DBT_SEND_ANONYMOUS_USAGE_STATS=false
