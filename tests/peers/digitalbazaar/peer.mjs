// Lets @digitalbazaar/vc verify or sign the credentials of one folder.
//   node peer.mjs verify FOLDER   reads FOLDER/contexts.json and FOLDER/in/*.json, writes FOLDER/out.json: name -> {verified, error}
//   node peer.mjs sign FOLDER     the same folders, and FOLDER/seed.hex; writes the signed documents to FOLDER/signed/
// Nothing here reaches the network: contexts come from the file, did:key documents from the key itself.
import {readFileSync, readdirSync, writeFileSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {cryptosuite} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import * as vc from '@digitalbazaar/vc';

const [, , task, folder] = process.argv;
const readJson = path => JSON.parse(readFileSync(path, 'utf8'));
const contexts = readJson(join(folder, 'contexts.json'));

async function documentLoader(url) {
  if(contexts[url]) {
    return {contextUrl: null, documentUrl: url, document: contexts[url], tag: 'static'};
  }
  const [did, fragment] = url.split('#');
  if(!did.startsWith('did:key:z6Mk')) {
    throw new Error(`not loaded: ${url}`);
  }
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

async function verify(document) {
  const suite = new DataIntegrityProof({cryptosuite});
  const accepted = async () => ({verified: true});
  const result = document.type.includes('VerifiablePresentation') ?
    await vc.verify({
      presentation: document, suite, documentLoader, checkStatus: accepted,
      challenge: [].concat(document.proof)[0].challenge, domain: [].concat(document.proof)[0].domain
    }) : await vc.verifyCredential({credential: document, suite, documentLoader, checkStatus: accepted});
  const errors = result.error?.errors ?? (result.error ? [result.error] : []);
  return {verified: result.verified, error: errors.map(e => `${e.name}: ${e.message}`).join('; ')};
}

async function sign(document, seed) {
  const key = await Ed25519Multikey.generate({seed});
  const did = `did:key:${key.publicKeyMultibase}`;
  key.controller = did;
  key.id = `${did}#${key.publicKeyMultibase}`;
  const suite = new DataIntegrityProof({signer: key.signer(), cryptosuite, date: '2026-01-02T03:04:05Z'});
  if(document.type.includes('VerifiablePresentation')) {
    const presentation = {...document, holder: did};
    return vc.signPresentation({
      presentation, suite, documentLoader, challenge: 'c-1', domain: 'https://reader.example'
    });
  }
  const credential = {...document};
  credential.issuer = typeof credential.issuer === 'string' ? did : {...credential.issuer, id: did};
  return vc.issue({credential, suite, documentLoader});
}

const out = {};
for(const name of readdirSync(join(folder, 'in')).sort()) {
  const document = readJson(join(folder, 'in', name));
  if(task === 'verify') {
    out[name] = await verify(document);
  } else {
    mkdirSync(join(folder, 'signed'), {recursive: true});
    const seed = Buffer.from(readFileSync(join(folder, 'seed.hex'), 'utf8').trim(), 'hex');
    const signed = await sign(document, new Uint8Array(seed));
    writeFileSync(join(folder, 'signed', name), JSON.stringify(signed));
    out[name] = {verified: true, error: ''};
  }
}
writeFileSync(join(folder, 'out.json'), JSON.stringify(out, null, 1));
