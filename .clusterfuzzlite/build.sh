#!/bin/bash -eu
exec bash -eu "$SRC/gntfuzz/fuzz/oss-fuzz/build.sh"
