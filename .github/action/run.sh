#!/usr/bin/env bash
# The steps of the action, as one script, so that it runs anywhere: run.sh plan | install | check.
#
# plan:    where the archive of the release is kept, and the key of the cache for it; nothing where no release was named.
# install: a release of gonogo, its checksum and attestation verified; where there is none, a build of the source beside it.
# check:   asks, writes outputs, job summary and annotations, and ends as gonogo does: only 0 is GO.
#
# Everything from outside arrives in INPUT_* variables. GONOGO_MIRROR: where releases are instead of GitHub.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
source_tree=$(cd "$here/../.." && pwd)
temp=${RUNNER_TEMP:-$(mktemp -d)}
repository=${GONOGO_REPOSITORY:-}

say() { printf 'gonogo: %s\n' "$*" >&2; }
die() { say "error: $*"; exit 2; }

# The name that releases give this machine. Linux runs the one that needs no library of the system.
target() {
  local machine
  case $(uname -m) in
    x86_64 | amd64) machine=x86_64 ;;
    aarch64 | arm64) machine=aarch64 ;;
    *) return 1 ;;
  esac
  case $(uname -s) in
    Linux) echo "$machine-unknown-linux-musl" ;;
    Darwin) echo "$machine-apple-darwin" ;;
    *) return 1 ;;
  esac
}

checksum() {
  if command -v sha256sum >/dev/null; then sha256sum "$1"; else shasum -a 256 "$1"; fi | cut -d ' ' -f 1
}

# fetch URL FILE: 1 where there is none; whatever else goes wrong is told, and is no reason to take something else.
fetch() {
  local protocols='=https' code=0
  [ -z "${GONOGO_MIRROR:-}" ] || protocols='=https,file'
  curl --fail --silent --show-error --location --proto "$protocols" --retry 3 --max-time 300 --output "$2.part" "$1" || code=$?
  case $code in
    0) mv "$2.part" "$2" ;;
    22 | 37) return 1 ;;
    *) die "$1 could not be fetched" ;;
  esac
}

# The version that was named, with its v; 1 where a branch, a commit or nothing was.
named() {
  [[ ${INPUT_VERSION:-} =~ ^v?[0-9]+\.[0-9]+\.[0-9]+(-[0-9A-Za-z.]+)?$ ]] || return 1
  echo "v${INPUT_VERSION#v}"
}

# The version of the source beside this script, with its v.
here_version() { sed -n '/^\[workspace.package\]/,/^\[/s/^version = "\(.*\)"$/v\1/p' "$source_tree/Cargo.toml"; }

# archive VERSION TARGET: where it is kept.
archive() { echo "$temp/gonogo-download/$1/gonogo-$2.tar.gz"; }

plan() {
  local version triple
  if version=$(named) && triple=$(target); then
    printf '%s\n' "archive=$(archive "$version" "$triple")" "key=gonogo-$version-$triple" >>"$GITHUB_OUTPUT"
  fi
}

# Whatever was downloaded or cached is verified each time: a cache may have been written by somebody else. It must come from the release workflow of the
# action's own repository, run for this very tag: an older release that was put in its place is none.
verify() {
  local folder=$1 name=$2 version=$3 wanted found
  wanted=$(awk -v name="$name" '$2 == name || $2 == "*" name { print $1 }' "$folder/SHA256SUMS")
  found=$(checksum "$folder/$name")
  [ -n "$wanted" ] || die "SHA256SUMS has no line for $name"
  [ "$found" = "$wanted" ] || die "$name is not what SHA256SUMS says: $found, not $wanted"
  if ! command -v gh >/dev/null; then
    say "note: gh is not installed: the attestation of $name is NOT verified, its checksum is"
    return
  fi
  gh attestation verify "$folder/$name" --repo "$repository" --signer-workflow "$repository/.github/workflows/release.yml" \
    --source-ref "refs/tags/$version" >&2 || die "the attestation of $name cannot be verified"
  say "$name: checksum and attestation verified"
}

install() {
  local bin=$temp/gonogo-bin version
  mkdir -p "$bin"
  if ! released "$bin"; then
    # Another version than the one that was named is not what was asked for.
    if version=$(named) && [ "$version" != "$(here_version)" ]; then
      die "there is no release $version for this machine, and the source of this action is $(here_version)"
    fi
    say "there is no release ${INPUT_VERSION:-(no version was named)} for this machine: building from source, which takes some minutes"
    command -v cargo >/dev/null || die 'there is no cargo to build it with: name a release (version: v0.1.0), or install Rust'
    cargo install --locked --quiet --path "$source_tree" --root "$temp/gonogo-built" || die 'it could not be built'
    cp "$temp/gonogo-built/bin/gonogo" "$bin/gonogo"
  fi
  "$bin/gonogo" --version >&2
  printf '%s\n' "$bin" >>"$GITHUB_PATH"
}

# released BIN: 1 where there is no such release.
released() {
  local version triple folder base file
  version=$(named) && triple=$(target) || return 1
  file=$(archive "$version" "$triple") folder=$(dirname "$file")
  base=${GONOGO_MIRROR:-${GITHUB_SERVER_URL:-https://github.com}/$repository/releases/download}/$version
  mkdir -p "$folder"
  fetch "$base/SHA256SUMS" "$folder/SHA256SUMS" || return 1
  [ -f "$file" ] || fetch "$base/$(basename "$file")" "$file" || return 1
  verify "$folder" "$(basename "$file")" "$version"
  tar -xzf "$file" -C "$1" gonogo || die "$(basename "$file") holds no gonogo"
}

# value KEY [OBJECT]: a plain value of gonogo's own JSON, at its top or in an object there.
value() {
  local object=''
  [ $# -eq 1 ] || object="  \"$2\": {"
  awk -v key="  \"$1\": " -v object="$object" '
    object != "" && index($0, object) == 1 { inside = 1; next }
    object != "" && inside && /^  \}/ { exit }
    object != "" && inside && index($0, "  " key) == 1 { print substr($0, length(key) + 3); exit }
    object == "" && index($0, key) == 1 { print substr($0, length(key) + 1); exit }
  ' "$json" | tr -cd '0-9a-zA-Z.-'
}

# each VARIABLE FLAG: the flag for every line that is not blank.
each() {
  local line
  while IFS= read -r line; do
    line=${line%$'\r'}
    [ -z "${line// /}" ] || arguments+=("$2=$line")
  done <<<"${!1:-}"
}

check() {
  local folder verdict=error score='' commit='' code=0
  folder=$(mktemp -d "$temp/gonogo-XXXXXX")
  json=$folder/gonogo.json
  arguments=(--format=github "--report=json=$json" "--report=markdown=$folder/summary.md")
  each INPUT_SET --set
  each INPUT_ONLY --only
  each INPUT_WAIT --wait
  each INPUT_UNTIL --until
  each INPUT_BASELINE --baseline
  each INPUT_REPORTS --report
  if [ "${INPUT_COMMENT:-}" = true ]; then
    # Elsewhere there is nothing to comment on.
    case ${GITHUB_EVENT_NAME:-} in pull_request*) arguments+=(--comment) ;; *) say 'no pull request set off this run: no comment' ;; esac
  fi
  [ "${INPUT_STATUS:-}" != true ] || arguments+=(--status)
  echo "::add-matcher::$here/problem-matcher.json"
  gonogo check "${arguments[@]}" -- "${INPUT_PATH:-.}" || code=$?
  echo '::remove-matcher owner=gonogo::'
  if [ -f "$json" ]; then
    verdict=$(value verdict) score=$(value readiness score) commit=$(value commit target)
    [ "$commit" != null ] || commit=''
  else
    # No answer was written, so there is none to read.
    json=''
  fi
  if [ -f "$folder/summary.md" ]; then
    cat "$folder/summary.md" >>"$GITHUB_STEP_SUMMARY"
  else
    printf '## gonogo: no verdict\n\nIt ended with exit code %s: the log of this step says why.\n' "$code" >>"$GITHUB_STEP_SUMMARY"
  fi
  printf '%s\n' "verdict=$verdict" "score=$score" "json=$json" "commit=$commit" >>"$GITHUB_OUTPUT"
  exit "$code"
}

case ${1:-} in
  plan) plan ;;
  install) install ;;
  check) check ;;
  *) die 'usage: run.sh plan | install | check' ;;
esac
