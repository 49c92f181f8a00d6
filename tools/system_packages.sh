#!/usr/bin/env bash
# Installs the system packages that a make target needs, and says what and why. Does nothing where they are present.
set -euo pipefail

declare -A PACKAGES=(
  [venv]="python3-venv"
  [judges]="poppler-utils qpdf openssl libnss3-tools"
  [producers]="ghostscript libreoffice-writer-nogui chromium"
  [postgres]="postgresql"
  [browser]="chromium"
  [hsm]="softhsm2"
  [office]="libreoffice-calc-nogui poppler-utils"
  [peers]="default-jdk-headless libpdfbox2-java libbcpkix-java nodejs npm"
)
declare -A REASONS=(
  [venv]="makes the Python environment in .venv"
  [judges]="outside judges of our signatures and certificates: pdfsig, qpdf, openssl, certutil of NSS"
  [producers]="programs whose documents we sign in make conformance"
  [postgres]="the second database that the suite runs on"
  [browser]="the browser that the page tests and make screenshots drive"
  [hsm]="a PKCS #11 token in software, in which tests keep the keys of an authority"
  [office]="LibreOffice, which opens the workbook of the usage report as a reader of it would"
  [peers]="what make bench measures us against: PDFBox with Bouncy Castle on a JDK, and libraries of Node"
)

present() {
  case "$1" in
    python3-venv) "${PYTHON:-python3}" -c 'import ensurepip, venv' 2>/dev/null ;;
    poppler-utils) command -v pdfsig >/dev/null ;;
    qpdf | openssl) command -v "$1" >/dev/null ;;
    libnss3-tools) command -v certutil >/dev/null && command -v crlutil >/dev/null ;;
    ghostscript) command -v gs >/dev/null ;;
    libreoffice-writer-nogui) compgen -G '/usr/lib/libreoffice/program/libswlo.so' >/dev/null ;;
    softhsm2) command -v softhsm2-util >/dev/null ;;
    postgresql) compgen -G '/usr/lib/postgresql/*/bin/initdb' >/dev/null || command -v initdb >/dev/null ;;
    chromium) command -v chromium >/dev/null || command -v chromium-browser >/dev/null || command -v google-chrome >/dev/null ;;
    libreoffice-calc-nogui) compgen -G '/usr/lib/libreoffice/program/libsclo.so' >/dev/null ;;
    default-jdk-headless) command -v javac >/dev/null ;;
    libpdfbox2-java) [[ -e /usr/share/java/pdfbox2.jar ]] ;;
    libbcpkix-java) [[ -e /usr/share/java/bcpkix.jar ]] ;;
    nodejs) command -v node >/dev/null ;;
    npm) command -v npm >/dev/null ;;
    *) false ;;
  esac
}

missing=()
for group in "$@"; do
  wanted=()
  for package in ${PACKAGES[$group]}; do present "$package" || wanted+=("$package"); done
  if ((${#wanted[@]})); then
    echo "Installing ${wanted[*]}: ${REASONS[$group]}."
    missing+=("${wanted[@]}")
  fi
done
((${#missing[@]})) || exit 0

if ! command -v apt-get >/dev/null; then
  echo "This system has no apt-get. Please install: ${missing[*]}" >&2
  exit 1
fi
as_root=()
if ((EUID != 0)); then
  command -v sudo >/dev/null || { echo "Please install as root: apt-get install ${missing[*]}" >&2; exit 1; }
  as_root=(sudo)
fi
export DEBIAN_FRONTEND=noninteractive
"${as_root[@]}" apt-get update -qq
"${as_root[@]}" apt-get install -qq -y --no-install-recommends "${missing[@]}" >/dev/null
