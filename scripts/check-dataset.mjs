// Compares a dataset card with the Parquet files that it describes.
//
//   node scripts/check-dataset.mjs OUTPUT CARD NODE_MODULES
// CARD is the YAML of OUTPUT/README.md as JSON, from another parser; NODE_MODULES has hyparquet, hyparquet-compressors, js-yaml and minimatch.
import { deepStrictEqual as same, ok } from 'node:assert';
import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [output, cardFile, modules] = process.argv.slice(2);
const load = (path) => import(pathToFileURL(join(resolve(modules), path)).href);
const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = await load('hyparquet/src/node.js');
const { compressors } = await load('hyparquet-compressors/src/index.js');
const yaml = await load('js-yaml/dist/js-yaml.mjs');
const { minimatch } = await load('minimatch/dist/esm/index.js');

const card = JSON.parse(readFileSync(cardFile, 'utf8'));
same(yaml.load(readFileSync(join(output, 'README.md'), 'utf8').split('---\n')[1]), card, 'two parsers of YAML read the card otherwise');

// Types as the schema of a file has them, by the rules of Features.from_arrow_schema; undefined for those that it does not know.
const integers = { INT_8: 'int8', INT_16: 'int16', INT_32: 'int32', INT_64: 'int64', UINT_8: 'uint8', UINT_16: 'uint16', UINT_32: 'uint32', UINT_64: 'uint64' };
const plain = { BOOLEAN: 'bool', INT32: 'int32', INT64: 'int64', FLOAT: 'float32', DOUBLE: 'float64', BYTE_ARRAY: 'binary' };
const units = { MILLIS: 'ms', MICROS: 'us', NANOS: 'ns' };
function typeOf({ type, converted_type: converted, logical_type: logical, precision, scale }) {
  if (logical?.type === 'TIMESTAMP') return `timestamp[${units[logical.unit]}${logical.isAdjustedToUTC ? ', tz=UTC' : ''}]`;
  if (logical?.type === 'TIME') return logical.unit === 'MILLIS' ? 'time32[ms]' : `time64[${units[logical.unit]}]`;
  if (logical?.type === 'INTEGER') return `${logical.isSigned ? '' : 'u'}int${logical.bitWidth}`;
  if (logical?.type === 'FLOAT16') return 'float16';
  if (logical?.type === 'STRING' || converted === 'UTF8' || converted === 'ENUM') return 'string';
  if (logical?.type === 'DATE' || converted === 'DATE') return 'date32';
  if (logical?.type === 'DECIMAL' || converted === 'DECIMAL') return `decimal128(${precision}, ${scale ?? 0})`;
  return integers[converted] ?? (logical === undefined && converted === undefined ? plain[type] : undefined);
}
function featureOf({ element, children }) {
  if (children.length === 0) return typeOf(element) && { dtype: typeOf(element), _type: 'Value' };
  if (element.converted_type === 'LIST' || element.logical_type?.type === 'LIST') {
    const item = featureOf(children[0].children[0]);
    return item && (item._type === undefined ? [item] : { feature: item, _type: 'Sequence' });
  }
  if (element.converted_type !== undefined || element.logical_type !== undefined) return undefined;
  const fields = children.map((child) => [child.element.name, featureOf(child)]);
  return fields.every(([, feature]) => feature) ? Object.fromEntries(fields) : undefined;
}
function tree(schema) {
  let next = 0;
  const read = () => {
    const element = schema[next++];
    return { element, children: Array.from({ length: element.num_children ?? 0 }, read) };
  };
  return read();
}

// Features._from_yaml_list.
function unfold(feature) {
  if (Array.isArray(feature)) return Object.fromEntries(feature.map(({ name, ...rest }) => [name, unfold(rest)]));
  if (typeof feature === 'string') return { dtype: feature, _type: 'Value' };
  const [[kind, value], ...more] = Object.entries(feature);
  same(more, [], `an entry of features with more than its type: ${JSON.stringify(feature)}`);
  if (kind === 'dtype') return { dtype: value, _type: 'Value' };
  if (kind === 'sequence') return { feature: unfold(value), _type: 'Sequence' };
  if (kind === 'list') return [unfold(value)];
  ok(kind === 'struct', `unknown kind of feature: ${kind}`);
  return unfold(value);
}

const infos = [].concat(card.dataset_info);
const files = readdirSync(output, { recursive: true }).filter((name) => name.endsWith('.parquet')).map((name) => name.replaceAll('\\', '/')).sort();
const seen = [];
let rows = 0;
let tokens = 0;
same(card.configs.map((config) => config.config_name), infos.map((info) => info.config_name ?? 'default'));
ok(card.configs.length === 1 || card.configs.filter((config) => config.default === true).length === 1, 'several configs and not one default');
for (const [i, config] of card.configs.entries()) {
  const info = infos[i];
  let downloadSize = 0;
  let datasetSize = 0;
  same(config.data_files.map((data) => data.split), info.splits.map((split) => split.name));
  for (const [s, { split, path }] of config.data_files.entries()) {
    ok(typeof split === 'string' && /^\w+(\.\w+)*$/.test(split), `no name of a split: ${split}`);
    const found = files.filter((file) => minimatch(file, path));
    ok(found.length > 0, `no file matches ${path}`);
    seen.push(...found);
    let examples = 0;
    let bytes = 0;
    for (const file of found) {
      const buffer = await asyncBufferFromFile(join(output, file));
      const metadata = await parquetMetadataAsync(buffer);
      const { info: { features } } = JSON.parse(metadata.key_value_metadata.find(({ key }) => key === 'huggingface').value);
      const schema = tree(metadata.schema).children.map((column) => [column.element.name, featureOf(column)]);
      same(features, Object.fromEntries(schema.filter(([, feature]) => feature)), `${file}: types and schema`);
      if (info.features) {
        same(Object.entries(unfold(info.features)), Object.entries(features), `${file}: types in the card and in the file`);
      }

      examples += Number(metadata.num_rows);
      bytes += metadata.row_groups.flatMap((group) => group.columns).reduce((sum, column) => sum + Number(column.meta_data.total_uncompressed_size), 0);
      downloadSize += statSync(join(output, file)).size;
      const read = await parquetReadObjects({ file: buffer, metadata, compressors });
      same(read.length, Number(metadata.num_rows), `${file}: rows`);
      for (const [row, { input_ids: ids, n_tokens: count, document_ids: documents }] of read.entries()) {
        same(documents ? documents.filter((id) => id >= 0).length : (ids?.length ?? 0), count, `${file}, row ${row}: n_tokens`);
        tokens += count;
      }
    }

    same({ name: split, num_bytes: bytes, num_examples: examples }, info.splits[s], `split ${split} of ${config.config_name}`);
    datasetSize += bytes;
    rows += examples;
  }

  same([info.download_size, info.dataset_size], [downloadSize, datasetSize], `sizes of ${config.config_name}`);
}

same(seen.sort(), files, 'files of the splits, and files that are there');
console.log(`${output}: ${card.configs.length} configs, ${files.length} files, ${rows} rows, ${tokens} tokens: the card says what the files are`);
