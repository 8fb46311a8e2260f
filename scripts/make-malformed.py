#!/usr/bin/env python3
"""Makes the damaged models of tests/data/malformed, one fault a file, named after it.

    scripts/make-malformed.py BYTEMILL

BYTEMILL is the program (scripts/bytemill.sh). Everything begins as one small valid model, written in each format by
'bytemill convert'. Files that fuzzing found (fuzz-*) are not made here. After a change, run the tests with
BYTEMILL_UPDATE_DOCS=1, which writes messages.txt, and read what changed there.
"""
import base64, hashlib, json, os, re, struct, subprocess, sys, tempfile

ROOT = os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "tests", "data", "malformed")


def crc32c(data):
    crc = 0xFFFFFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = (crc >> 1) ^ (0x82F63B78 if crc & 1 else 0)
    return crc ^ 0xFFFFFFFF


def save(name, data):
    with open(os.path.join(ROOT, name), "wb") as file:
        file.write(data)


def valid_models(bytemill):
    pieces = [bytes([i]) for i in range(256)] + [b"ab", b"an", b"th", b" the", "中文".encode()]
    rows = ["# bytemill vocabulary 1", "id\tpiece\tcount\tscore", "0\t<pad>\t0\t", "1\t<bos>\t0\t", "2\t<eos>\t0\t"]
    for i, piece in enumerate(sorted(pieces, key=lambda p: (len(p), p))):
        rows.append(f"{i + 3}\t{''.join(f'{chr(92)}x{b:02X}' for b in piece)}\t{i + 1}\t")
    rows.append(f"{len(pieces) + 3}\t<sep>\t0\t")
    models = {}
    with tempfile.TemporaryDirectory() as folder:
        source = os.path.join(folder, "source.tsv")
        with open(source, "w", newline="\n") as file:
            file.write("\n".join(rows) + "\n")
        for to, name in [("bytemill", "m.bytemill"), ("compiled", "m.bytemillc"), ("bytepiece", "m.json"), ("huggingface", "tokenizer.json"),
                         ("sentencepiece", "m.model"), ("tsv", "m.tsv")]:
            subprocess.run([bytemill, "convert", source, os.path.join(folder, name), "--to", to], check=True, stdout=subprocess.DEVNULL)
            with open(os.path.join(folder, name), "rb") as file:
                models[to] = file.read()
    return models


def own(data):
    """Faults of model.bytemill; the checksum is right where the fault lies before it."""
    def sealed(body):
        return body + hashlib.sha256(body).digest()

    body = data[:-32]
    options = struct.unpack_from("<I", body, 12)[0]
    pieces = 16 + options
    n, longest = struct.unpack_from("<II", body, pieces)
    blob = pieces + 8 + 4 * longest
    size = sum((i + 1) * struct.unpack_from("<I", body, pieces + 8 + 4 * i)[0] for i in range(longest))
    counts = blob + size
    special = counts + 8 * n

    def patched(at, value):
        return sealed(body[:at] + value + body[at + len(value):])

    save("own-cut-in-magic.bytemill", data[:5])
    save("own-cut-in-options.bytemill", data[:40])
    save("own-cut-in-pieces.bytemill", data[:blob + 100])
    save("own-cut-last-byte.bytemill", data[:-1])
    save("own-line-ends-translated.bytemill", data.replace(b"\r\n", b"\n"))
    save("own-one-bit-flipped.bytemill", data[:blob + 9] + bytes([data[blob + 9] ^ 4]) + data[blob + 10:])
    save("own-version-2.bytemill", patched(8, struct.pack("<I", 2)))
    save("own-options-longer-than-file.bytemill", patched(12, b"\xff\xff\xff\xff"))
    save("own-option-unknown.bytemill", sealed(body.replace(b"order=6", b"otter=6")))
    save("own-option-twice.bytemill", sealed(body.replace(b"min_count=2\n", b"order=00006\n")))
    save("own-4-billion-pieces.bytemill", patched(pieces, b"\xff\xff\xff\xff"))
    save("own-longest-piece-4-gb.bytemill", patched(pieces + 4, b"\xff\xff\xff\xff"))
    save("own-longest-piece-0.bytemill", patched(pieces + 4, bytes(4)))
    save("own-lengths-do-not-add-up.bytemill", patched(pieces + 8, struct.pack("<I", 257)))
    save("own-lengths-overflow.bytemill", patched(pieces, b"\xff\xff\xff\xff" + body[pieces + 4:pieces + 8] + b"\xfe\xff\xff\xff" + struct.pack("<I", 0)))
    save("own-piece-twice.bytemill", patched(blob + 256, b"anan"))
    save("own-pieces-out-of-order.bytemill", patched(blob + 256, b"anab"))
    save("own-single-byte-missing.bytemill", patched(blob + 255, b"\xfe"))
    save("own-count-0.bytemill", patched(counts, bytes(8)))
    save("own-count-negative.bytemill", patched(counts + 8, struct.pack("<q", -5)))
    save("own-counts-overflow.bytemill", patched(counts + 16, struct.pack("<q", 2**63 - 1)))
    save("own-special-4-billion.bytemill", patched(special, b"\xff\xff\xff\xff"))
    save("own-special-longer-than-file.bytemill", patched(special + 4, b"\xff\xff"))
    save("own-special-not-utf8.bytemill", patched(special + 6, b"\xff\xfe"))
    save("own-special-built-in.bytemill", patched(special + 6, b"<eos>"))
    save("own-special-twice.bytemill", sealed(body[:special] + struct.pack("<I", 2) + body[special + 4:] + body[special + 4:]))
    save("own-special-empty.bytemill", sealed(body[:special] + struct.pack("<IH", 1, 0)))
    save("own-more-behind-the-end.bytemill", sealed(body + b"\0"))


def compiled(data):
    def sealed(body):
        return body + struct.pack("<I", crc32c(body))

    body = data[:-4]
    length, at, automaton = struct.unpack_from("<qqq", body, 16)

    def patched(place, value):
        return sealed(body[:place] + value + body[place + len(value):])

    save("compiled-cut-in-header.bytemillc", data[:30])
    save("compiled-cut-in-automaton.bytemillc", data[:at + automaton // 2])
    save("compiled-one-bit-flipped.bytemillc", data[:at + 100] + bytes([data[at + 100] ^ 1]) + data[at + 101:])
    save("compiled-version-9.bytemillc", patched(8, struct.pack("<I", 9)))
    save("compiled-model-longer-than-file.bytemillc", patched(16, struct.pack("<q", 2**62)))
    save("compiled-model-negative.bytemillc", patched(16, struct.pack("<q", -1)))
    save("compiled-automaton-of-zeros.bytemillc", sealed(body[:at] + bytes(automaton)))
    save("compiled-automaton-of-ones.bytemillc", sealed(body[:at + 64] + b"\xff" * (automaton - 64)))
    save("compiled-model-damaged.bytemillc", patched(64 + 300, b"\xff\xff"))


def bytepiece(data):
    # Most faults are found in the first pieces; the others need no more.
    text = "".join(part + "    ]" for part in data.decode().split("    ]")[:4]) + "\n}"

    def changed(name, old, new, count=1):
        assert old in text, old
        save(f"bytepiece-{name}.json", text.replace(old, new, count).encode("utf-8", "surrogateescape"))

    first = '"AA==": [\n        3,\n        "\\u0000",\n        1\n    ]'
    assert first in text
    save("bytepiece-cut-in-key.json", data[:9])
    save("bytepiece-cut-in-array.json", data[:1000])
    save("bytepiece-cut-last-brace.json", data[:-1])
    save("bytepiece-array.json", b"[1, 2, 3]")
    save("bytepiece-no-pieces.json", b"{}")
    save("bytepiece-utf16.json", ("\ufeff" + text[:400]).encode("utf-16-le"))
    save("bytepiece-byte-order-mark.json", b"\xef\xbb\xbf" + data[:400])
    save("bytepiece-deep-nesting.json", b'{"AA==": ' + b"[" * 5000)
    save("bytepiece-deep-objects.json", b'{"AA==": [3, "", ' + b'{"a":' * 5000)
    save("bytepiece-more-behind-the-end.json", text.encode() + b"{}")
    save("bytepiece-single-byte-missing.json", re.sub(r',\n    "/w==": \[[^\]]*\]', "", data.decode()).encode())
    save("bytepiece-piece-of-65536-bytes.json", b'{"' + base64.b64encode(b"a" * 65536) + b'": [3, "", 1]}')
    changed("id-twice", "\n        4,", "\n        3,")
    changed("id-missing", "\n        3,", "\n        300,")
    changed("id-0", "\n        3,", "\n        0,")
    changed("id-negative", "\n        3,", "\n        -3,")
    changed("id-of-40-digits", "\n        3,", "\n        " + "3" * 40 + ",")
    changed("id-with-fraction", "\n        3,", "\n        3.0,")
    changed("key-twice", '"AQ=="', '"AA=="')
    changed("key-no-base64", '"AA=="', '"A?=="')
    changed("key-empty", '"AA=="', '""')
    changed("key-escaped", '"AA=="', '"\\u0041A=="')
    changed("key-lone-surrogate", '"AA=="', '"\\ud800"')
    changed("order", '"AA=="', '"Af8="')
    for name, value in [("nan", "NaN"), ("infinity", "Infinity"), ("minus-infinity", "-Infinity"), ("0", "0"), ("negative", "-1"), ("fraction", "1.5"), ("exponent", "1e999"),
                        ("of-1000-digits", "9" * 1000), ("above-63-bits", str(2**63)), ("null", "null"), ("text", '"1"'), ("true", "true")]:
        changed("count-" + name, '"\\u0000",\n        1\n', f'"\\u0000",\n        {value}\n')
    changed("counts-overflow", '"\\u0000",\n        1\n', f'"\\u0000",\n        {2**63 - 1}\n')
    changed("text-not-utf8", '"\\u0000"', '"\udcff\udcfe"')
    changed("zero-byte-between", first + ",", first + ",\0")


def huggingface(data):
    text = data.decode()

    def changed(name, old, new, count=1):
        assert old in text, old
        save(f"huggingface-{name}.json", text.replace(old, new, count).encode("utf-8", "surrogateescape"))

    save("huggingface-cut-in-head.json", data[:60])
    save("huggingface-cut-in-vocabulary.json", data[:4000])
    save("huggingface-cut-in-counts.json", data[:-60])
    save("huggingface-cut-last-line-end.json", data[:-1])
    save("huggingface-deep-nesting.json", b'{"version": ' + b"[" * 5000)
    save("huggingface-of-another-program.json", json.dumps({"version": "1.0", "added_tokens": [], "normalizer": None, "model": {
        "type": "Unigram", "unk_id": 0, "vocab": [["<unk>", 0.0], ["▁a", -1.5]]}}, ensure_ascii=False).encode())
    save("huggingface-of-another-kind.json", json.dumps({"version": "1.0", "added_tokens": [], "model": {"type": "BPE", "vocab": {"a": 0}, "merges": []}}).encode())
    save("huggingface-model-is-null.json", b'{"version": "1.0", "model": null}')
    changed("score-nan", '["\u0100", -', '["\u0100", NaN')
    changed("score-exponent", re.search(r'\["\u0100", \S+\]', text)[0], '["\u0100", -1e9999]')
    changed("score-changed", '["\u0100", -', '["\u0100", -1')
    changed("score-missing", '["\u0100", -', '["\u0100"], [-')
    changed("piece-twice", '["\u0101", ', '["\u0100", ')
    changed("piece-of-no-byte", '["\u0101", ', '["\u4e2d", ')
    changed("piece-lone-surrogate", '["\u0101", ', '["\\ud800", ')
    changed("piece-number", '["\u0101", ', '[257, ')
    changed("piece-not-utf8", '["\u0101", ', '["\udcff", ')
    changed("piece-of-65536-bytes", '["ab", ', '["' + "a" * 65536 + '", ')
    changed("count-missing", "    1, 2, 3,", "    1, 3,")
    changed("count-0", "    1, 2, 3,", "    0, 2, 3,")
    changed("count-fraction", "    1, 2, 3,", "    1, 2.5, 3,")
    changed("count-of-1000-digits", "    1, 2, 3,", "    1, " + "2" * 1000 + ", 3,")
    changed("counts-overflow", "    1, 2, 3,", f"    1, {2**63 - 1}, 3,")
    changed("option-unknown", '"order=6"', '"otter=6"')
    changed("option-number", '"order=6"', "6")
    changed("member-twice", '"version": "1.0",', '"version": "1.0", "version": "1.0",')
    changed("member-missing", '"bytemill_model"', '"bytemill_madel"')
    changed("rule-changed", '"behavior": "Isolated"', '"behavior": "Removed"')
    changed("special-twice", '"<sep>"', '"<bos>"')
    changed("special-null", '"content": "<sep>"', '"content": null')
    changed("special-lone-surrogate", '"<sep>"', '"\\udc00"')
    changed("special-as-a-piece", '"<sep>"', '"ab"')


def sentencepiece(data):
    def piece(body):
        return b"\x0a" + varint(len(body)) + body

    def varint(value):
        out = b""
        while value >= 0x80:
            out += bytes([value & 0x7F | 0x80])
            value >>= 7
        return out + bytes([value])

    head = data[:60]
    save("sentencepiece-cut-in-piece.model", data[:1001])
    save("sentencepiece-cut-in-number.model", data[:data.index(b"<sep>") - 3] + b"\xff")
    save("sentencepiece-cut-behind-a-piece.model", data[:2 + data[1]])
    save("sentencepiece-cut-last-byte.model", data[:-1])
    save("sentencepiece-more-behind-the-end.model", data + piece(b"\x0a\x02zz"))
    save("sentencepiece-unknown-field-behind-the-end.model", data + b"\x9a\x06\x01a")
    save("sentencepiece-field-longer-than-file.model", head[:2 + head[1]] + b"\x0a\xff\xff\xff\xff\x0f")
    save("sentencepiece-field-of-2-to-63.model", head[:2 + head[1]] + b"\x0a" + b"\xff" * 9 + b"\x01")
    save("sentencepiece-number-of-11-bytes.model", head[:2 + head[1]] + b"\x18" + b"\xff" * 11)
    save("sentencepiece-field-0.model", head[:2 + head[1]] + b"\x02\x00")
    save("sentencepiece-group.model", head[:2 + head[1]] + b"\x13")
    save("sentencepiece-wire-type-7.model", head[:2 + head[1]] + b"\x17")
    save("sentencepiece-of-another-program.model", piece(b"\x0a\x05<unk>\x15\0\0\0\0\x18\x02") + piece(b"\x0a\x03<s>\x15\0\0\0\0\x18\x03") + piece(b"\x0a\x04</s>\x15\0\0\0\0\x18\x03")
         + b"".join(piece(b"\x0a" + varint(len(t)) + t + b"\x15" + struct.pack("<f", -3.5)) for t in ["▁".encode(), b"e", b"t"]))
    at = data.index(b"\x0a\x01a\x15")
    save("sentencepiece-score-nan.model", data[:at + 4] + struct.pack("<f", float("nan")) + data[at + 8:])
    save("sentencepiece-score-infinity.model", data[:at + 4] + struct.pack("<f", float("inf")) + data[at + 8:])
    save("sentencepiece-piece-twice.model", data.replace(b"\x0a\x01b\x15", b"\x0a\x01a\x15"))
    save("sentencepiece-byte-without-hex.model", data.replace(b"<0xFE>", b"<0xZZ>"))
    save("sentencepiece-byte-of-no-digits.model", data.replace(b"<0xFE>", b"<0x>><"))
    save("sentencepiece-type-9.model", data[:at + 9] + b"\x09" + data[at + 10:])
    count = at + 10
    assert data[count:count + 2] == b"\xc0\x0c", data[count:count + 4]
    save("sentencepiece-count-0.model", data[:count + 2] + b"\0" + data[count + 3:])
    save("sentencepiece-special-not-utf8.model", data.replace(b"<sep>", b"<\xff\xfe\xfd>"))
    save("sentencepiece-special-built-in.model", data.replace(b"<sep>", b"<eos>"))
    save("sentencepiece-option-unknown.model", data.replace(b"order=6", b"otter=6"))
    save("sentencepiece-piece-of-65536-bytes.model", data[:data.index(b"\x0a\x02ab\x15") - 2] + piece(b"\x0a" + varint(65536) + b"a" * 65536 + b"\x15\0\0\0\0\x18\x01\xc0\x0c\x07"))


def tsv(data):
    text = data.decode()
    row = re.search(r"\n3\t\\x00\t1\t(\S+)\n", text)

    def changed(name, old, new):
        assert old in text, old
        lines = text.replace(old, new, 1).split("\n")

        # What is wrong in the first rows is found there.
        end = len(lines) if text.index(old) > 1000 or name == "score-of-another-count" else 20
        save(f"tsv-{name}.tsv", ("\n".join(lines[:end]) + ("" if end == len(lines) else "\n")).encode("utf-8", "surrogateescape"))

    save("tsv-cut-in-a-row.tsv", data[:1000])
    save("tsv-cut-behind-a-row.tsv", data[:data.index(b"\n", 1000) + 1])
    save("tsv-cut-in-the-title.tsv", data[:10])
    save("tsv-title-alone.tsv", b"# bytemill vocabulary 1\n")
    save("tsv-one-line-of-zeros.tsv", b"# bytemill vocabulary 1\n" + bytes(3000))
    save("tsv-utf16.tsv", ("\ufeff" + text[:300]).encode("utf-16-le"))
    changed("score-nan", row[1], "NaN")
    changed("score-infinity", row[1], "-Infinity")
    changed("score-of-another-count", row[1], "-7.5")
    changed("score-exponent", row[1], "-1e999")
    changed("count-nan", "\t1\t" + row[1], "\tNaN\t")
    changed("count-above-63-bits", "\t1\t" + row[1], "\t9223372036854775808\t")
    changed("counts-overflow", "\t1\t" + row[1], "\t9223372036854775807\t")
    changed("count-negative", "\t1\t" + row[1], "\t-1\t")
    changed("id-twice", "\n4\t", "\n3\t")
    changed("id-missing", "\n4\t", "\n5\t")
    changed("id-of-40-digits", "\n4\t", "\n" + "4" * 40 + "\t")
    changed("piece-twice", "\n4\t\\x01\t", "\n4\t\\x00\t")
    changed("piece-empty", "\n4\t\\x01\t", "\n4\t\t")
    changed("piece-of-65536-bytes", "\tab\t", "\t" + "a" * 65536 + "\t")
    changed("escape-cut", "\n4\t\\x01\t", "\n4\t\\x1\t")
    changed("column-missing", "\n4\t\\x01\t", "\n4\t")
    changed("column-too-many", row[1], row[1] + "\t\t")
    changed("special-not-utf8", "<sep>", "\udcff\udcfe")
    changed("special-built-in", "<sep>", "<bos>")
    changed("option-unknown", "# order=6", "# otter=6")
    changed("line-empty", "\n4\t", "\n\n4\t")


def other():
    save("other-empty", b"")
    save("other-one-zero", b"\0")
    save("other-zeros", bytes(5000))
    save("other-page.html", b"<!DOCTYPE html>\n<html><body>Not found</body></html>\n")
    save("other-git-lfs-pointer", b"version https://git-lfs.github.com/spec/v1\noid sha256:" + b"0" * 64 + b"\nsize 12345\n")
    save("other-gzip.gz", b"\x1f\x8b\x08\0\0\0\0\0\0\x03\x03\0\0\0\0\0\0\0\0\0")
    save("other-zip.zip", b"PK\x03\x04" + bytes(26))
    save("other-zstandard.zst", b"\x28\xb5\x2f\xfd\x04\0\x01\0\0")
    save("other-picture.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR")
    save("other-text.txt", "Ein Text, kein Modell.\n".encode())
    save("other-json-text.json", b'"a text"')
    save("other-json-number.json", b"3")
    save("other-json-null.json", b"null")
    save("other-two-zeros-as-a-message.model", b"\x0a\0")


def main():
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    os.makedirs(ROOT, exist_ok=True)
    models = valid_models(sys.argv[1])
    own(models["bytemill"])
    compiled(models["compiled"])
    bytepiece(models["bytepiece"])
    huggingface(models["huggingface"])
    sentencepiece(models["sentencepiece"])
    tsv(models["tsv"])
    other()


main()
