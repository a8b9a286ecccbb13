// Holds what gonogo writes against schemas with validators that others wrote: node schemas.mjs FOLDER
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

const require = createRequire(import.meta.url);
const Ajv2020 = require('ajv/dist/2020').default;
const Ajv04 = require('ajv-draft-04').default;
const formats = require('ajv-formats').default;
const YAML = require('yaml');

const folder = process.argv[2];
const text = (name) => readFileSync(join(folder, name), 'utf8');
const json = (name) => JSON.parse(text(name));
let failed = false;

function hold(what, validate, value, wanted = true) {
  const good = validate(value) === wanted;
  console.log(`${good ? 'ok' : 'FAILED'}: ${what}`);
  if (!good) console.log(JSON.stringify(validate.errors?.slice(0, 5) ?? 'it was let pass', null, 1));
  failed ||= !good;
}

const schema = {};
for (const of of ['launch', 'checklist', 'settings', 'theme', 'check']) {
  const ajv = formats(new Ajv2020({ allErrors: true, strict: false, validateFormats: false }));
  schema[of] = ajv.compile(json(`${of}.schema.json`));
  console.log(`ok: the schema ${of} compiles`);
}
hold('launch.yaml conforms', schema.launch, YAML.parse(text('launch.yaml')));
hold('a launch with a fault does not', schema.launch, YAML.parse(text('fault/launch.yaml')), false);
hold('the answer of check conforms', schema.check, json('check.json'));
hold('the answer of the demo conforms', schema.check, json('demo.json'));
hold('a cut answer does not', schema.check, { ...json('check.json'), complete: undefined }, false);
hold('settings conform', schema.settings, { theme: 'dark', writes: ['comment'] });

const sarif = JSON.parse(readFileSync(require.resolve('@microsoft/jest-sarif/lib/schemas/sarif-2.1.0-rtm.5.json'), 'utf8'));
const conforms = formats(new Ajv04({ allErrors: true, strict: false, unicodeRegExp: false })).compile(sarif);
for (const name of ['good.sarif', 'fault.sarif']) hold(`${name} is SARIF 2.1.0`, conforms, json(name));
hold('SARIF without a version is none', conforms, { ...json('good.sarif'), version: undefined }, false);
process.exit(failed ? 1 : 0);
