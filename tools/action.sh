#!/usr/bin/env bash
# What the GitHub Action does: proves and compares the policies that changed, writes the summary and SARIF.
# Reads POLICIES, SINCE, MAXIMUM, BOUNDARY, FAIL_ON, SARIF and GITHUB_STEP_SUMMARY; see action.yml.
set -euo pipefail

summary=${GITHUB_STEP_SUMMARY:-/dev/stdout}
read -ra places <<<"$POLICIES"
mapfile -d '' changed < <(git diff --name-only -z --relative --diff-filter=ACMR "$SINCE" -- "${places[@]}" | grep -z '\.json$' || true)
if [ ${#changed[@]} -eq 0 ]; then
    echo 'verifier: no policy changed'
    exit 0
fi
echo "verifier: ${#changed[@]} policies changed"

worst=0
# 1 (an escape, a gain) is worse than 2 (a broken document), and that than 3 (undecided).
note() { case "$1,$worst" in *,1 | 0,*) ;; 1,* | *,0 | 2,*) worst=$1 ;; esac; }
ask() { "$@" || { code=$?; [ $code -le 3 ] || exit $code; note $code; }; }

if [ -n "$MAXIMUM" ]; then
    beside=(--maximum "$MAXIMUM")
    [ -z "$BOUNDARY" ] || beside+=(--boundary "$BOUNDARY")
    cache=$(mktemp -u)
    ask verifier sweep "${changed[@]}" "${beside[@]}" --cache "$cache"
    ask verifier sweep "${changed[@]}" "${beside[@]}" --cache "$cache" --format markdown >>"$summary" 2>/dev/null
    ask verifier sweep "${changed[@]}" "${beside[@]}" --cache "$cache" --format sarif >"$SARIF" 2>/dev/null
    rm -f "$cache"
fi
if [ "$FAIL_ON" = never ]; then
    verifier changes "${changed[@]}" --since "$SINCE" --format markdown >>"$summary" || [ $? -le 3 ]
else
    ask verifier changes "${changed[@]}" --since "$SINCE" --fail-on "$FAIL_ON"
    ask verifier changes "${changed[@]}" --since "$SINCE" --fail-on "$FAIL_ON" --format markdown >>"$summary"
    [ -n "$MAXIMUM" ] || ask verifier changes "${changed[@]}" --since "$SINCE" --fail-on "$FAIL_ON" --format sarif >"$SARIF"
fi
exit "$worst"
