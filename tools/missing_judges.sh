#!/usr/bin/env bash
# Names the outside judges that this machine lacks. Nothing waits for them.
for judge in pdfsig qpdf openssl mutool certtool certutil soffice java mvn go; do
  command -v "$judge" >/dev/null || echo "not judged by: $judge (not installed)"
done
