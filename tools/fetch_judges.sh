#!/usr/bin/env bash
# Brings the judges that no package manager of the system has into var/judges: EU DSS and veraPDF (Maven), zlint (Go),
# and the PDFs of pyHanko's source distribution (pip). What cannot be had is named; nothing waits for it, the tests skip
# and say so.
set -uo pipefail
cd "$(dirname "$0")/.."
judges="$PWD/var/judges"
mkdir -p "$judges"

zlint_version=v3.6.1
pyhanko_version=$(sed -n 's/^pyhanko==\([0-9.]*\).*/\1/p' requirements/dev.txt | head -1)

missing() { echo "not judged by: $1 ($2)"; }

# A judge in Java, built from its folder in conformance/ with what it needs beside it.
java_judge() {
  local folder=$1 name=$2 jar="$judges/$1/$1-judge-1.jar"
  if ! command -v mvn >/dev/null || ! command -v java >/dev/null; then
    missing "$name" "needs mvn and java"
  elif [[ ! -e $jar || -n $(find "conformance/$folder" -newer "$jar" -type f) ]]; then
    mvn -q -B -f "conformance/$folder/pom.xml" -Dmaven.test.skip=true package >"$judges/$folder.log" 2>&1 ||
      missing "$name" "Maven could not build it, see var/judges/$folder.log"
  fi
}
java_judge dss "EU DSS"
java_judge verapdf "veraPDF"

if [[ ! -x $judges/zlint ]]; then
  if ! command -v go >/dev/null; then
    missing "zlint" "needs go"
  else
    GOBIN="$judges" GOFLAGS=-modcacherw go install "github.com/zmap/zlint/v3/cmd/zlint@$zlint_version" >"$judges/zlint.log" 2>&1 ||
      missing "zlint" "Go could not build it, see var/judges/zlint.log"
  fi
fi

sources="$judges/pyhanko-$pyhanko_version"
if [[ ! -d $sources ]]; then
  if .venv/bin/pip download -q "pyhanko==$pyhanko_version" --no-binary :all: --no-deps --dest "$judges" >"$judges/pyhanko.log" 2>&1; then
    tar -xzf "$judges/pyhanko-$pyhanko_version.tar.gz" -C "$judges"
  else
    missing "the PDFs of pyHanko" "its source distribution could not be had, see var/judges/pyhanko.log"
  fi
fi
exit 0
