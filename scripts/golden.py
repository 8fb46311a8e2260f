#!/usr/bin/python3
"""Makes tests/data/golden from the reference implementation, bojone/bytepiece 0.6.3.

    apt-get install python3-numpy python3-ahocorasick cython3 gcc python3-dev
    git clone https://github.com/bojone/bytepiece DIR   # made with commit 2e72f3c
    /usr/bin/python3 scripts/golden.py --bytepiece DIR [--sources DIR] [CASE ...]

Each case is a folder: corpus.jsonl and options.json go in; expected.model (one per vocabulary size,
named as the reference names them), encode.jsonl and SOURCE.md come out.

The corpora are committed. Those made of text from Debian packages are written anew only with --sources,
a folder into which the packages were extracted, each into a folder of its name:

    apt-get download miscfiles fortunes-zh unicode-cldr-core
    for p in *.deb; do dpkg -x $p SOURCES/${p%%_*}; done

One thing in the reference is replaced: numpy.log, by the correctly rounded natural logarithm. numpy's own
depends on the processor, and exact ties, which are frequent in the trainer, are decided by the last bit.
(Debian builds pyahocorasick for str, bytepiece wants it for bytes: a Latin-1 view makes up for that.)
"""

import argparse
import datetime
import decimal
import functools
import gzip
import json
import pathlib
import re
import subprocess
import sys
import sysconfig
import types
import unicodedata
import xml.etree.ElementTree

ROOT = pathlib.Path(__file__).resolve().parent.parent
GOLDEN = ROOT / 'tests' / 'data' / 'golden'


# --- the reference ---------------------------------------------------------------------------------

@functools.lru_cache(maxsize=None)
def correctly_rounded_ln(n):
    """The double nearest to ln n. `decimal` rounds ln correctly at any precision."""
    if n < 1:
        raise ValueError(f'ln of {n}')
    if n == 1:
        return 0.0
    for digits in (40, 80, 160):
        with decimal.localcontext() as context:
            context.prec = digits
            value = decimal.Decimal(n).ln()
            low, high = float(value.next_minus()), float(value.next_plus())
        # The true value lies between the neighbours; when both give the same double, that is the one.
        if low == high:
            return low
    raise ArithmeticError(f'ln {n} lies too near the middle of two doubles')


class Latin1Automaton:
    """An automaton over bytes made of one over str; finds the same matches in the same order."""

    def __init__(self, inner):
        self._inner = inner()
        self.make_automaton = self._inner.make_automaton

    def add_word(self, piece, value):
        return self._inner.add_word(piece.decode('latin-1'), value)

    def iter(self, text):
        return self._inner.iter(text.decode('latin-1'))


def load_reference(folder):
    """Imports bytepiece from a checkout, compiled in place, with the exact logarithm and no progress bars."""
    package = pathlib.Path(folder).resolve() / 'bytepiece'
    if not (package / 'faster.pyx').exists():
        sys.exit(f'{folder}: no bytepiece/faster.pyx; expected a checkout of bojone/bytepiece.')
    library = package / ('faster' + sysconfig.get_config_var('EXT_SUFFIX'))
    if not library.exists():
        subprocess.run(['cython3', '-3', 'faster.pyx'], cwd=package, check=True)
        include = sysconfig.get_paths()['include']
        subprocess.run(['gcc', '-O2', '-fPIC', '-shared', '-I' + include, 'faster.c', '-o', library, '-lm'],
                       cwd=package, check=True)

    bars = types.ModuleType('tqdm')
    bars.tqdm = lambda items, **_: items
    bars.trange = lambda *bounds, **_: range(*bounds)
    sys.modules['tqdm'] = bars
    sys.path.insert(0, str(package.parent))
    import ahocorasick
    if ahocorasick.unicode:
        ahocorasick.Automaton = functools.partial(Latin1Automaton, ahocorasick.Automaton)
    import numpy
    numpy.log = correctly_rounded_ln
    import bytepiece
    return bytepiece


# --- texts -----------------------------------------------------------------------------------------

class Lcg:
    """Knuth's MMIX generator: the same texts whatever the Python."""

    def __init__(self, seed):
        self.state = seed

    def below(self, n):
        self.state = (self.state * 6364136223846793005 + 1442695040888963407) % 2**64
        return (self.state >> 33) % n

    def pick(self, items):
        return items[self.below(len(items))]

    def zipf(self, items):
        """The first items far more often than the last ones."""
        return items[self.below(1 + self.below(len(items)))]


def american_documents(sources):
    texts = []
    for name in ('us-declaration', 'us-constitution'):
        with gzip.open(sources / 'miscfiles/usr/share/state' / (name + '.gz')) as file:
            texts.append(file.read().decode('ascii'))
    paragraphs = re.split(r'(?<=\n\n)(?=\S)', '\n\n'.join(texts))
    return [''.join(paragraphs[i:i + 4]) for i in range(0, len(paragraphs), 4)]


def tang_poems(sources):
    text = (sources / 'fortunes-zh/usr/share/games/fortunes/tang300').read_text('utf-8')
    text = re.sub('\x1b\\[[0-9]*m', '', text)
    return [poem.strip('\n') + '\n' for poem in text.split('%\n') if poem.strip()]


def annotations(sources, languages, rows, first=0, form=None):
    """Characters and what they are called in many languages: lines of a character, its name and key words."""
    documents = []
    for number, language in enumerate(languages):
        path = sources / f'unicode-cldr-core/usr/share/unicode/cldr/common/annotations/{language}.xml'
        lines, names = [], {}
        for item in xml.etree.ElementTree.parse(path).getroot().iter('annotation'):
            names.setdefault(item.get('cp'), []).append(item.text)
        entries = [f'{character} {"; ".join(reversed(texts))}\n' for character, texts in names.items()]
        step = max(1, (len(entries) - first) // rows)
        lines = entries[first + number % step::step][:rows]
        documents += [''.join(lines[i:i + 12]) for i in range(0, len(lines), 12)]
    return [unicodedata.normalize(form, d) for d in documents] if form else documents


def digits(_):
    # A zero of each script; its other nine digits follow it.
    zeros = [0x30, 0x660, 0x6F0, 0x7C0, 0x966, 0x9E6, 0xA66, 0xBE6, 0xE50, 0xED0, 0xF20, 0x1040, 0x17E0, 0x1810,
             0xA620, 0xABF0, 0xFF10, 0x104A0, 0x11066, 0x16A60, 0x1D7CE, 0x1D7E2, 0x1D7F6, 0x1E950, 0x1FBF0]
    sentences = [
        'The mill ground # sacks on day # and # on day #.\n', 'Version #.#.# was built at #:#.\n',
        'في اليوم # طحنت المطحنة # كيسا.\n', 'चक्की ने # दिन में # बोरियाँ पीसीं।\n', 'โรงสี # แห่งบดข้าว # กระสอบ\n',
        '第#天，磨坊磨了#袋面粉。\n', '水車は#日に#袋を挽いた。', 'Мельница смолола # мешков за # дня.\n',
        '#', '##', '#\n\n', 'x#y#z', 'H₂O, m², ½ and Ⅷ hold no digit, nor does 一二三; # does.\n', '#-#-#\t#\r\n']
    random, documents = Lcg(1), []
    for _ in range(160):
        text = ''.join(random.pick(sentences) for _ in range(3))
        zero = random.zipf(zeros)
        number = lambda _: ''.join(chr(zero + random.below(10)) for _ in range(1 + random.below(4)))
        documents.append(re.sub('#', number, text))
    return documents


def single_bytes(_):
    return ['The quick brown fox jumps over the lazy dog.\n', 'Съешь же ещё этих мягких булок.\n', '我能吞下玻璃。\n',
            'いろはにほへと\n\n', '🙂🙃🙂', 'a', '\n', '', 'Zwölf Boxkämpfer jagen Viktor.'] * 3


def newlines(_):
    documents = ['\n' * n for n in (1, 2, 99, 100, 101, 199, 200, 201, 250, 1000)]
    documents += ['a' + '\n' * n + 'b' * (n % 7) for n in (1, 2, 3, 99, 100, 101, 102, 250, 301)]
    documents += ['', ' ', 'word', 'word\n', '\nword', '\r', '\r\n', '\r\n' * 150, 'one\rtwo\r\nthree\n\rfour\n',
                  'line\u2028separator\u2029paragraph\u0085next\x0bvertical\x0cform\n',
                  'nul\0nul\0\0\n', 'escape\x1b[0m delete\x7f "quoted" back\\slash /solidus\b\t\n',
                  '\ufeffmark\n', '\ufffe\uffff\U0010ffff\n']
    random = Lcg(2)
    parts = ['mill', 'stone', '\n', '\n\n', '\r\n', '\t', ' ', ' ', '"', '\\', '\0', '\x1f', '\x7f', '\u2028', 'é', '水']
    documents += [''.join(random.zipf(parts) for _ in range(60)) for _ in range(60)]
    return documents


def unnormalised(sources):
    documents = [
        'A\u030angstro\u0308m \u212b \u2126 \u212a \u1e9b\u0323 \u0344 \u0374 \u037e \u0387\n',
        'q\u0307\u0323 q\u0323\u0307 d\u0307\u0323 a\u0315\u0300\u05ae\u0300b \u0301alone\n',
        '\u0958 \u09dc\u0a33 \ufb1d \ufb2e \u2adc \u0f43 \U0001d15e \U0001d1bf\n',
        '\u1100\u1161\u11a8 \uac00\u11a8 \u1100\uac00\u1161 \u11a8\u1100 \uac00\u0301\u11a8\n',
        '\uf900 \U0002f800 \ufa0e \U0002fa1d\n', '\u0b47\u0b56 \u0b47\u0300\u0b56 \u0cc6\u0cc2\u0cd5\n',
        'e' + '\u0301' * 40 + '\u0323' * 40 + '\n', '\U00011099\U000110ba \U00011131\U00011127\n',
        '\u0301\n\u0301', 'e\n\u0301'] * 3
    return documents + annotations(sources, ['vi', 'ko', 'hi', 'el', 'cs', 'my'], 90, form='NFD')


def astral_lines(_):
    """Lines around 10 000 characters, all of four bytes in UTF-8 and two units in UTF-16."""
    alphabet = [chr(c) for c in (*range(0x1F600, 0x1F640), *range(0x20000, 0x20080), *range(0x10330, 0x1034A),
                                 *range(0x1D400, 0x1D434))]
    random = Lcg(3)
    words = [''.join(random.pick(alphabet) for _ in range(1 + random.below(4))) for _ in range(120)]

    def line(length):
        text = ''
        while len(text) < length:
            text += random.zipf(words)
        return text[:length]

    return [line(10_000) + '\n', line(10_001) + '\n\n', line(12_345) + '\n' * 130 + 'end', line(9_999) + 'x\n' + line(5)]


HARD_TEXTS = [
    '', ' ', '\n', '\n\n\n', 'a', 'a' * 300, 'ab' * 100, '\n' * 120, 'a\r\nb\r\n\r\nc', 'tab\tand\vand\f',
    'nul \0 and \x7f and \x1b[0m', '"quotes" and \\ and /', '\ufeffmark', '\ufffd \uffff \U0010ffff',
    'e\u0301 A\u030a \u212b \u1100\u1161\u11a8 \u0958 q\u0307\u0323', '\u0301 alone', 'zero\u200dwidth\u200b',
    '👩‍👩‍👧‍👦 👍🏽 🇺🇳 🏴󠁧󠁢󠁳󠁣󠁴󠁿', '𠀀𠀁𠀂 𝔘𝔫𝔦𝔠𝔬𝔡𝔢 𐌰𐌱𐌲', '我能吞下玻璃而不伤身体。', '私はガラスを食べられます。', '나는 유리를 먹을 수 있어요.',
    'Я могу есть стекло.', 'أنا قادر على أكل الزجاج', 'मैं काँच खा सकता हूँ।', 'ฉันกินกระจกได้', 'Μπορώ να φάω γυαλιά',
    'I can eat glass and it does not hurt me.', '1234567890 ١٢٣ १२३ １２３ 𝟙𝟚𝟛 ²³ ½ Ⅷ 一二三',
    'x=1;y=22\n333\n\n4', 'The People of the several States', '作者：李白\n床前明月光，疑是地上霜。']


# --- cases -----------------------------------------------------------------------------------------

PUBLIC_DOMAIN_ENGLISH = (
    'The Declaration of Independence (1776) and the Constitution of the United States (1787, with amendments), from '
    "Debian's package miscfiles 1.5+dfsg-4. Works of the government of the United States: public domain.")
PUBLIC_DOMAIN_CHINESE = (
    "Poems of the Tang dynasty (618-907), from the collection tang300 of Debian's package fortunes-zh 2.98, without its "
    'colour codes. The poems are in the public domain by their age.')
UNICODE = (
    "Names of characters in many languages, from common/annotations of Unicode CLDR 41 (Debian's package "
    'unicode-cldr-core 41-0.1). Copyright © 1991-2022 Unicode, Inc.; licence Unicode-DFS-2016, its notice is in '
    '`../UNICODE-LICENSE.txt`.')
OWN = 'Written for this project by `scripts/golden.py`; licence of the repository.'

LANGUAGES = ['en', 'ar', 'hi', 'th', 'ja', 'ko', 'ru', 'el', 'am', 'my', 'ka', 'vi', 'he', 'ta', 'km', 'hy', 'zh', 'de',
             'fa', 'bn', 'si', 'tr']


def case(about, licence, corpus, needs_sources=True, **options):
    defaults = dict(order=6, max_vocab_size=[1000], max_piece_length=36, min_count=2, isolate_digits=False,
                    ensure_unicode=True)
    return types.SimpleNamespace(about=about, licence=licence, corpus=corpus, needs_sources=needs_sources,
                                 options={**defaults, **options})


CASES = {
    'english-sizes': case(
        'four vocabularies of one run, given out of order; the smallest is the smallest that can be (256 bytes)',
        PUBLIC_DOMAIN_ENGLISH, american_documents, max_vocab_size=[700, 259, 1500, 400]),
    'chinese-order-4': case(
        'order 4, two sizes', PUBLIC_DOMAIN_CHINESE, lambda s: tang_poems(s)[0::2], order=4, max_vocab_size=[1200, 600]),
    'chinese-order-2': case(
        'order 2 with characters of three bytes; min_count 1', PUBLIC_DOMAIN_CHINESE, lambda s: tang_poems(s)[1::4], order=2,
        min_count=1, max_vocab_size=[800]),
    'rare-characters': case(
        'a high min_count: most characters are lost, and after one of them the rest of a chunk is single bytes',
        PUBLIC_DOMAIN_CHINESE, lambda s: tang_poems(s)[3::4] + tang_poems(s)[0::4], min_count=10,
        max_vocab_size=[400, 270]),
    'languages': case(
        'many scripts and emoji', UNICODE, lambda s: annotations(s, LANGUAGES, 74), max_vocab_size=[2000, 600]),
    'no-ensure-order-8': case(
        'ensure_unicode off, so pieces cut characters; order 8; a small max_piece_length', UNICODE,
        lambda s: annotations(s, ['ja', 'ko', 'zh', 'th', 'hi', 'ru'], 90, first=7), order=8, ensure_unicode=False,
        max_piece_length=12, max_vocab_size=[2500, 600]),
    'unnormalised': case(
        'text that is not in NFC; a max_piece_length of 6 bytes', UNICODE + ' Stored in NFD. The first lines: ' + OWN,
        unnormalised, max_piece_length=6, max_vocab_size=[400]),
    'digits-isolated': case(
        'isolate_digits with the digits of 25 scripts', OWN, digits, needs_sources=False, isolate_digits=True,
        max_vocab_size=[700]),
    'order-1': case(
        'order 1: every piece is one byte', OWN, single_bytes, needs_sources=False, order=1, max_vocab_size=[300]),
    'newlines': case(
        'documents of newlines only, runs around 100 of them, carriage returns, control characters', OWN, newlines,
        needs_sources=False, max_vocab_size=[600, 300]),
    'astral-lines': case(
        'lines of more than 10 000 characters, all beyond the Basic Multilingual Plane', OWN, astral_lines,
        needs_sources=False, order=5, min_count=3, max_vocab_size=[800]),
}


def write_jsonl(path, rows):
    with open(path, 'w', encoding='utf-8', newline='\n') as file:
        for row in rows:
            file.write(json.dumps(row, ensure_ascii=False) + '\n')


def encode_texts(documents):
    """About 40 texts of the corpus, whole or cut somewhere, and the hard ones."""
    lines = [line for document in documents for line in re.findall('[^\n]+\n*', document) if len(line) < 2000]
    texts = lines[::max(1, len(lines) // 32)][:32]
    texts += [line[len(line) // 3:] for line in texts[::4]]
    return texts + HARD_TEXTS


def make(name, the_case, reference, sources):
    folder = GOLDEN / name
    folder.mkdir(parents=True, exist_ok=True)
    corpus = folder / 'corpus.jsonl'
    if sources or not the_case.needs_sources:
        write_jsonl(corpus, ({'text': text} for text in the_case.corpus(sources)))
    elif not corpus.exists():
        sys.exit(f'{corpus}: missing; it is made of text from Debian packages, see --sources.')
    documents = [json.loads(line)['text'] for line in open(corpus, encoding='utf-8', newline='\n')]
    (folder / 'options.json').write_text(json.dumps(the_case.options, indent=2) + '\n')

    for old in folder.glob('expected.model*'):
        old.unlink()
    trainer = reference.Trainer(**the_case.options)
    trainer.train(documents)
    trainer.save(str(folder / 'expected.model'))

    isolate = the_case.options['isolate_digits']
    rows = []
    for size, pieces in zip(trainer.max_vocab_size, trainer.pieces):
        tokenizer = reference.Tokenizer(trainer.dump(pieces))
        for text in encode_texts(documents):
            row = {'size': size, 'text': text, 'ids': tokenizer.encode(text)}
            if isolate:
                # The reference forgets the option when encoding; its own chunks for it give what it means.
                chunks = reference.normalize(text, 0, True)
                row['isolated_ids'] = tokenizer.pieces_to_ids(p for c in chunks for p in tokenizer._tokenize(c))
            rows.append(row)
    write_jsonl(folder / 'encode.jsonl', rows)

    sizes = ', '.join(f'{len(pieces)} pieces of at most {size - 3}'
                      for size, pieces in zip(trainer.max_vocab_size, trainer.pieces))
    isolated = '; `isolated_ids`: the same with chunks cut by isolate_digits' if isolate else ''
    (folder / 'SOURCE.md').write_text(f'''# {name}

{the_case.about[0].upper() + the_case.about[1:]}.

- `corpus.jsonl`: {len(documents)} documents, {sum(len(d.encode()) for d in documents)} bytes of text. {the_case.licence}
- `expected.model…`, `encode.jsonl`: what bojone/bytepiece {reference.__version__} (commit 2e72f3c, Apache-2.0) gives for them: {sizes}. `ids` are those of its `encode`{isolated}.
- Made on {datetime.date.today()} by `/usr/bin/python3 scripts/golden.py --bytepiece DIR --sources DIR`, with the natural logarithm correctly rounded (Python {sys.version.split()[0]}, Unicode {unicodedata.unidata_version}).
''', encoding='utf-8')
    print(f'{name}: {len(documents)} documents; {sizes}', flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument('--bytepiece', required=True, metavar='DIR', help='checkout of bojone/bytepiece 0.6.3')
    parser.add_argument('--sources', type=pathlib.Path, metavar='DIR', help='extracted Debian packages')
    parser.add_argument('cases', nargs='*', metavar='CASE', help='only these: ' + ', '.join(CASES))
    arguments = parser.parse_args()
    unknown = set(arguments.cases) - set(CASES)
    if unknown:
        parser.error(f'no case {", ".join(sorted(unknown))}; there are {", ".join(CASES)}')
    reference = load_reference(arguments.bytepiece)
    for name in arguments.cases or CASES:
        make(name, CASES[name], reference, arguments.sources)


if __name__ == '__main__':
    main()
