// Encodes documents.jsonl with tokenizer.json in two implementations and counts where the ids differ from ours.
//
//   node scripts/check-formats.mjs FOLDER NODE_MODULES
// The folder is that of scripts/check-formats.cs; NODE_MODULES has 'tokenizers' (native) and '@huggingface/tokenizers' (JavaScript).
import { createReadStream, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { createInterface } from 'node:readline';
import { join, resolve } from 'node:path';

const [folder, modules] = process.argv.slice(2);
const require = createRequire(join(resolve(modules), 'index.js'));
const file = join(folder, 'tokenizer.json');
const json = JSON.parse(readFileSync(file, 'utf8'));
const config = JSON.parse(readFileSync(join(folder, 'tokenizer_config.json'), 'utf8'));
const native = require('tokenizers').Tokenizer.fromFile(file);
const { Tokenizer } = require('@huggingface/tokenizers');
const script = new Tokenizer(json, config);

// Every score must have been read as the number that we wrote.
native.save(join(folder, 'saved.json'), false);
const saved = JSON.parse(readFileSync(join(folder, 'saved.json'), 'utf8'));
const misread = json.model.vocab.filter(([, score], i) => saved.model.vocab[i][1] !== score).length;
console.log(`tokenizers (native): ${misread} of ${json.model.vocab.length} scores misread`);

// The script is slow: it gets every tenth document.
const encoders = [
  ['tokenizers (native)', 1, async (text) => (await native.encode(text, null, { addSpecialTokens: false })).getIds(), (ids) => native.decode(ids, false)],
  ['@huggingface/tokenizers (JavaScript)', Number(process.env.SCRIPT_EVERY ?? 10), async (text) => script.encode(text, { add_special_tokens: false }).ids, async (ids) => script.decode(ids, { skip_special_tokens: false, clean_up_tokenization_spaces: false })],
];
for (const [name, every, encode, decode] of encoders) {
  let documents = 0, different = 0, undecoded = 0, tokens = 0, place = -1;
  for await (const line of createInterface({ input: createReadStream(join(folder, 'documents.jsonl'), 'utf8'), crlfDelay: Infinity })) {
    place++;
    if (place % every !== 0) continue;
    const { text, ids } = JSON.parse(line);
    const theirs = await encode(text);
    documents++;
    tokens += ids.length;
    if (theirs.length !== ids.length || ids.some((id, i) => theirs[i] !== id)) {
      different++;
      const at = ids.findIndex((id, i) => theirs[i] !== id);
      if (different <= 5) {
        console.log(`  document ${place}, token ${at}: ${ids.slice(at, at + 6)} (ours), ${theirs.slice(at, at + 6)}: ${JSON.stringify(ids.slice(at, at + 6).map((id) => json.model.vocab[id]?.[0]))} ${JSON.stringify(theirs.slice(at, at + 6).map((id) => json.model.vocab[id]?.[0]))}`);
      }
    } else if ((await decode(theirs)) !== text.normalize('NFC')) {
      undecoded++;
    }
  }
  console.log(`${name}: ${different} of ${documents} documents differ in ids, ${undecoded} in decoded text; ${tokens} tokens`);
}
