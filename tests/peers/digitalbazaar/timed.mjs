// The timed half: see ../timed.py for the lines that go in and out. A record is verified with each credential in it.
//   node timed.mjs CONTEXTS.json
import {readFileSync} from 'node:fs';
import {createInterface} from 'node:readline';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';

const contexts = JSON.parse(readFileSync(process.argv[2], 'utf8'));
const accepted = async () => ({verified: true});

async function documentLoader(url) {
  if(contexts[url]) {
    return {contextUrl: null, documentUrl: url, document: contexts[url], tag: 'static'};
  }
  const [did, fragment] = url.split('#');
  const multibase = did.slice('did:key:'.length);
  const method = {
    '@context': 'https://w3id.org/security/multikey/v1', id: `${did}#${multibase}`,
    type: 'Multikey', controller: did, publicKeyMultibase: multibase
  };
  const document = fragment ? method : {
    '@context': ['https://www.w3.org/ns/did/v1', 'https://w3id.org/security/multikey/v1'],
    id: did, verificationMethod: [method], assertionMethod: [method.id], authentication: [method.id]
  };
  return {contextUrl: null, documentUrl: url, document};
}

async function verify(credential) {
  const suite = new DataIntegrityProof({cryptosuite});
  const result = await vc.verifyCredential({credential, suite, documentLoader, checkStatus: accepted});
  if(!result.verified) {
    throw result.error;
  }
  for(const inner of credential.credentialSubject.verifiableCredential ?? []) {
    await verify(inner);
  }
}

for await (const line of createInterface({input: process.stdin})) {
  const texts = JSON.parse(readFileSync(line.trim(), 'utf8'));
  const clock = performance.now();
  const before = process.cpuUsage();
  for(const text of texts) {
    await verify(JSON.parse(text));
  }
  const used = process.cpuUsage(before);
  const took = {processor: (used.user + used.system) / 1e6, clock: (performance.now() - clock) / 1e3};
  process.stdout.write(JSON.stringify(took) + '\n');
}
