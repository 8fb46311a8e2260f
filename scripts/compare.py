#!/usr/bin/python3
"""Trains the same corpus with the reference implementation (bojone/bytepiece 0.6.3) and with bytemill, and compares.

    apt-get install python3-numpy python3-ahocorasick cython3 gcc python3-dev
    git clone https://github.com/bojone/bytepiece DIR
    /usr/bin/python3 scripts/compare.py --bytepiece DIR [--corpus samples/corpus] [--vocab-size 8000,3000] [--min-count 2]

Prints the time of both and whether the models are the same, byte for byte in the reference's JSON. Exits 1 when not. As in
scripts/golden.py the reference runs with a correctly rounded logarithm; its own depends on the processor.
"""

import argparse
import json
import pathlib
import subprocess
import sys
import tempfile
import time

import golden

ROOT = pathlib.Path(__file__).resolve().parent.parent


def bytemill(*arguments):
    return subprocess.run([ROOT / 'scripts' / 'bytemill.sh', *arguments], check=True, stdout=subprocess.PIPE, text=True).stdout


def train_reference(documents, sizes, options, target):
    from bytepiece.bytepiece import Trainer
    trainer = Trainer(order=options.order, max_vocab_size=sizes, min_count=options.min_count, isolate_digits=options.isolate_digits,
                      ensure_unicode=not options.no_ensure_unicode)
    start = time.monotonic()
    trainer.train(documents, workers=1)
    seconds = time.monotonic() - start
    trainer.save(str(target))
    return seconds


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bytepiece', required=True, metavar='DIR', help='checkout of bojone/bytepiece 0.6.3')
    parser.add_argument('--corpus', default=str(ROOT / 'samples' / 'corpus'), help='directory of Parquet files')
    parser.add_argument('--text-column', default='text')
    parser.add_argument('--vocab-size', default='8000,3000')
    parser.add_argument('--order', type=int, default=6)
    parser.add_argument('--min-count', type=int, default=2)
    parser.add_argument('--isolate-digits', action='store_true')
    parser.add_argument('--no-ensure-unicode', action='store_true')
    options = parser.parse_args()
    sizes = sorted({int(size) for size in options.vocab_size.split(',')}, reverse=True)
    golden.load_reference(options.bytepiece)

    with tempfile.TemporaryDirectory() as folder:
        work = pathlib.Path(folder)
        subprocess.run(['dotnet', 'run', ROOT / 'scripts' / 'parquet-to-jsonl.cs', '--', options.corpus, options.text_column, work / 'corpus.jsonl'],
                       check=True)
        documents = [json.loads(line)['text'] for line in open(work / 'corpus.jsonl', encoding='utf-8')]
        text_bytes = sum(len(document.encode()) for document in documents)
        flags = [flag for flag, is_on in (('--isolate-digits', options.isolate_digits), ('--no-ensure-unicode', options.no_ensure_unicode)) if is_on]
        bytemill('--version')
        start = time.monotonic()
        bytemill('train', '--input', options.corpus, '--text-column', options.text_column, '--vocab-size', options.vocab_size,
                 '--order', str(options.order), '--min-count', str(options.min_count), '--output', str(work / 'out'), *flags)
        ours = time.monotonic() - start
        reference = train_reference(documents, sizes, options, work / 'reference.json')
        print(f'{text_bytes / 1e6:.1f} MB of text: reference (1 worker) {reference:.1f} s, bytemill (default workers, start to end) {ours:.1f} s')

        is_same = True
        for size in sizes:
            suffix = '' if len(sizes) == 1 else f'-{size}'
            expected = work / ('reference.json' if len(sizes) == 1 else f'reference.json.{size}')
            bytemill('convert', str(work / 'out' / f'model{suffix}.bytemill'), str(work / f'{size}.json'), '--to', 'bytepiece')
            same = (work / f'{size}.json').read_bytes() == expected.read_bytes()
            is_same &= same
            print(f'vocabulary {size}: {"the same, byte for byte" if same else "DIFFERENT"}')
    sys.exit(0 if is_same else 1)


if __name__ == '__main__':
    main()
