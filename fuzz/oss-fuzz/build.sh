#!/bin/bash -eu
# Copyright 2026 the gntfuzz authors
#
# Licensed under the Apache License, Version 2.0 (the "License");
# you may not use this file except in compliance with the License.
# You may obtain a copy of the License at
#
#      http://www.apache.org/licenses/LICENSE-2.0
#
# Unless required by applicable law or agreed to in writing, software
# distributed under the License is distributed on an "AS IS" BASIS,
# WITHOUT WARRANTIES OR CONDITIONS OF ANY KIND, either express or implied.
# See the License for the specific language governing permissions and
# limitations under the License.
#
################################################################################
#
# Builds the targets into $OUT for a fuzzing service, with its compiler, its flags and no others.
# The rules are in build.ninja, flavour service, where the shell fills in the service's variables;
# README.md beside this file tells the rest.

cd "$SRC/gntfuzz"

# Ninja does not see that the variables changed.
rm -rf out/service
ninja build-service out/plain/seeds

for target in fuzz_ops_fuzzer fuzz_race_fuzzer fuzz_text_fuzzer; do
	cp "out/service/$target" "fuzz/oss-fuzz/$target.options" "$OUT/"
	rm -f "$OUT/${target}_seed_corpus.zip"
done

# Programs as bytes, and of each kind of operation one.  Races are for one target only.
rm -rf "$WORK/seeds" "$WORK/races"
mkdir -p "$WORK/seeds" "$WORK/races"
out/plain/seeds "$WORK/seeds" corpus/{ops,regress}/*.gnt >"$OUT/fuzz_ops_fuzzer.dict"
zip -qrj "$OUT/fuzz_ops_fuzzer_seed_corpus.zip" "$WORK/seeds"
out/plain/seeds "$WORK/races" corpus/{ops,regress,race}/*.gnt >"$OUT/fuzz_race_fuzzer.dict"
zip -qrj "$OUT/fuzz_race_fuzzer_seed_corpus.zip" "$WORK/races"

# Programs as text, those too that the parser refuses, and all words.
find corpus/ops corpus/regress corpus/hostile -name '*.gnt' -size -16k |
	zip -qj@ "$OUT/fuzz_text_fuzzer_seed_corpus.zip"
sh fuzz/words >"$OUT/fuzz_text_fuzzer.dict"
