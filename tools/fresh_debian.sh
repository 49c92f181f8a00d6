#!/usr/bin/env bash
# Shows that the README is true on a fresh machine: makes a Debian in FOLDER, clones the last commit into it, and runs
# the make targets there (demo and test, unless others are named). Prints each exit status; ends with the worst.
#
#   tools/fresh_debian.sh FOLDER [TARGET…]        needs root, debootstrap, git; SUITE=bookworm
#
# Mirror, package index, proxies and certificates are this machine's own, copied at run time; nothing of them is written
# here. FOLDER stays afterwards, to look around in; a second run uses it again. Not part of CI.
set -euo pipefail

(($# >= 1)) || { sed -n '2,8s/^# \{0,1\}//p' "$0" >&2; exit 64; }
((EUID == 0)) || { echo "A chroot needs root." >&2; exit 1; }
for tool in debootstrap git; do
  command -v "$tool" >/dev/null || { echo "Please install $tool first." >&2; exit 1; }
done

suite=${SUITE:-bookworm}
root=$(mkdir -p "$1" && cd "$1" && pwd)
shift
targets=("$@")
((${#targets[@]})) || targets=(demo test)
repository=$(git -C "$(dirname "$0")" rev-parse --show-toplevel)
[[ $root != / && $root != "$repository"* ]] || { echo "Choose a folder outside the repository." >&2; exit 64; }

mounted=()
cleanup() {
  for ((i = ${#mounted[@]} - 1; i >= 0; i--)); do umount -l "${mounted[i]}" || true; done
}
trap cleanup EXIT
trap 'echo "Stopped at line $LINENO." >&2' ERR
bind() { # bind FOLDER read-only at the same place inside
  mkdir -p "$root$1"
  mount --bind "$1" "$root$1"
  mounted+=("$root$1")
  mount -o remount,ro,bind "$root$1"
}

# --- the system: git, make, Python, and nothing else ----------------------------------------------------------------------

if [[ ! -e $root/etc/debian_version ]]; then
  # shellcheck disable=SC2016  # apt fills in $(SITE)
  mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $suite" 'Created-By: Packages' 2>/dev/null | head -1 || true)
  debootstrap --variant=minbase --include=ca-certificates,git,make,python3 "$suite" "$root" ${mirror:+"$mirror"} >/dev/null
fi

# --- the way out: as this machine goes ------------------------------------------------------------------------------------

rm -rf "$root/etc/apt/sources.list" "$root/etc/apt/sources.list.d/"*
for source in /etc/apt/sources.list /etc/apt/sources.list.d/*; do
  grep -qsE "(^|[[:space:]])$suite([[:space:]]|$)" "$source" && install -D -m 644 "$source" "$root$source"
done
for path in /etc/apt/apt.conf.d /etc/apt/auth.conf.d /etc/apt/keyrings /usr/share/keyrings /etc/pip.conf "$HOME/.config/pip" \
  "$HOME/.pip" /etc/resolv.conf /etc/hosts /etc/ssl/certs/ca-certificates.crt; do
  [[ -e $path ]] || continue
  inside=$root${path/#"$HOME"//root}
  mkdir -p "$(dirname "$inside")"
  cp -rL --no-preserve=ownership -T "$path" "$inside" 2>/dev/null || true
done
mount -t proc proc "$root/proc" && mounted+=("$root/proc")
[[ -c $root/dev/urandom ]] || { mount --bind /dev "$root/dev" && mounted+=("$root/dev"); }

passed=()
while IFS='=' read -r name value; do
  case "$name" in
    PIP_* | SSL_CERT_FILE | REQUESTS_CA_BUNDLE | CURL_CA_BUNDLE | http_proxy | https_proxy | no_proxy | HTTP_PROXY | \
      HTTPS_PROXY | NO_PROXY) passed+=("$name=$value") ;;
  esac
done < <(env)
for folder in ${PIP_FIND_LINKS:-}; do
  [[ ! -d $folder ]] || bind "$folder"
done

# --- the README ---------------------------------------------------------------------------------------------------------------

rm -rf "$root/srv/absah"
git clone --quiet --no-hardlinks "$repository" "$root/srv/absah"
chroot "$root" python3 --version
worst=0
for target in "${targets[@]}"; do
  begun=$SECONDS
  status=0
  chroot "$root" /usr/bin/env -i HOME=/root LANG=C.UTF-8 PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin \
    "${passed[@]}" make -C /srv/absah "$target" || status=$?
  echo "make $target: exit $status after $((SECONDS - begun)) s"
  ((status <= worst)) || worst=$status
done
exit "$worst"
