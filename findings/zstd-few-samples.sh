#!/usr/bin/env bash
# Training a zstd dictionary ends the process where the last of a few samples has nearly all the bytes.
#
# Expected: a dictionary, or an error that can be caught, whatever the samples are.
# Happens: with six samples there is an error, "Src size is incorrect", however large they are. With seven to ten, of which
#   all but the last are short, the process ends by SIGSEGV or SIGFPE, and Python with it. The trainer learns from the first
#   three quarters of the samples, by count and not by size.
# Seen with: zstandard 0.25.0, with libzstd 1.5.7.
# So: cut samples to some kilobytes each before they are given to the trainer, as libzstd's documentation advises.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv env
env/bin/pip install --quiet zstandard==0.25.0
cat > train.py <<'END'
import os, sys, zstandard
count, cut = int(sys.argv[1]), int(sys.argv[2])
samples = [b"%d" % number for number in range(count - 1)] + [os.urandom(100_000)]
pieces = [sample[at : at + cut] for sample in samples for at in range(0, len(sample), cut)]
print(len(zstandard.train_dictionary(4096, pieces).as_bytes()), "bytes")
END
for count in 6 7 8 10 100; do
    for cut in 4096 1000000; do
        status=0
        said=$(env/bin/python train.py $count $cut 2>&1) || status=$?
        echo "$count samples, cut to $cut: status $status, ${said##*$'\n'}"
        case $count-$cut in
            6-1000000) [[ $status = 1 && $said = *"Src size is incorrect"* ]] ;;
            7-1000000|8-1000000|10-1000000) [ $status -gt 128 ] ;;  # by a signal
            *) [ $status = 0 ] ;;
        esac
    done
done
