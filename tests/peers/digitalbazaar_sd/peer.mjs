// Lets @digitalbazaar/ecdsa-sd-2023-cryptosuite issue, derive and verify what one folder holds.
//   node peer.mjs TASK FOLDER   TASK: issue, derive, verify; reads FOLDER/contexts.json, FOLDER/key.json and FOLDER/in/*.json:
//   {document, pointers, rounds}; writes FOLDER/out.json: name -> {document, verified, error, ms}
// Nothing here reaches the network: contexts come from the file, did:key documents from the key itself.
import {readFileSync, readdirSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {
  createDiscloseCryptosuite, createSignCryptosuite, createVerifyCryptosuite
} from '@digitalbazaar/ecdsa-sd-2023-cryptosuite';
import * as vc from '@digitalbazaar/vc';

const [, , task, folder] = process.argv;
const readJson = path => JSON.parse(readFileSync(path, 'utf8'));
const contexts = readJson(join(folder, 'contexts.json'));
const key = readJson(join(folder, 'key.json'));

async function documentLoader(url) {
  if(contexts[url]) {
    return {contextUrl: null, documentUrl: url, document: contexts[url], tag: 'static'};
  }
  const [did, fragment] = url.split('#');
  if(!did.startsWith('did:key:zDn')) {
    throw new Error(`not loaded: ${url}`);
  }
  const multibase = did.slice('did:key:'.length);
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1', id: `${did}#${multibase}`,
    type: 'Multikey', controller: did, publicKeyMultibase: multibase
  };
  const document = fragment ? method : {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did, verificationMethod: [method], assertionMethod: [method.id]
  };
  return {contextUrl: null, documentUrl: url, document};
}

const tasks = {
  async issue({document, pointers}) {
    const pair = await EcdsaMultikey.from({...key, type: 'Multikey'});
    const cryptosuite = createSignCryptosuite({mandatoryPointers: pointers});
    const suite = new DataIntegrityProof({signer: pair.signer(), cryptosuite, date: '2026-01-02T03:04:05Z'});
    return vc.issue({credential: document, suite, documentLoader});
  },
  async derive({document, pointers}) {
    const suite = new DataIntegrityProof({cryptosuite: createDiscloseCryptosuite({selectivePointers: pointers})});
    return vc.derive({verifiableCredential: document, suite, documentLoader});
  },
  async verify({document}) {
    const suite = new DataIntegrityProof({cryptosuite: createVerifyCryptosuite()});
    const checkStatus = async () => ({verified: true});
    const result = await vc.verifyCredential({credential: document, suite, documentLoader, checkStatus});
    if(!result.verified) {
      throw result.error.errors?.[0] ?? result.error;
    }
    return null;
  }
};

const out = {};
for(const name of readdirSync(join(folder, 'in')).sort()) {
  const work = readJson(join(folder, 'in', name));
  const times = [];
  let document = null, error = '';
  try {
    for(let round = 0; round < work.rounds; ++round) {
      const copy = structuredClone(work);
      const start = performance.now();
      document = await tasks[task](copy);
      times.push(performance.now() - start);
    }
  } catch(e) {
    error = `${e.name}: ${e.message} ${e.cause?.message ?? ''}`;
  }
  times.sort((a, b) => a - b);
  out[name] = {document, verified: !error, error, ms: times[times.length >> 1] ?? 0};
}
writeFileSync(join(folder, 'out.json'), JSON.stringify(out));
