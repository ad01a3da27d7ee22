// Lets @digitalbazaar/vc verify or sign the credentials of one folder.
//   node peer.mjs verify FOLDER   reads FOLDER/contexts.json and FOLDER/in/*.json, writes FOLDER/out.json: name -> {verified, error}
//   node peer.mjs sign FOLDER     the same folders; writes the signed documents to FOLDER/signed/
// FOLDER/key.json names the suite and holds the key: {suite, seed, id, controller, publicKeyMultibase, secretKeyMultibase}
// Nothing here reaches the network: contexts come from the file, did:key documents from the key itself.
import {readFileSync, readdirSync, writeFileSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import * as EcdsaMultikey from '@digitalbazaar/ecdsa-multikey';
import * as Ed25519Multikey from '@digitalbazaar/ed25519-multikey';
import {DataIntegrityProof} from '@digitalbazaar/data-integrity';
import {Ed25519Signature2020} from '@digitalbazaar/ed25519-signature-2020';
import {cryptosuite as eddsaRdfc} from '@digitalbazaar/eddsa-rdfc-2022-cryptosuite';
import {cryptosuite as eddsa2022} from '@digitalbazaar/eddsa-2022-cryptosuite';
import {cryptosuite as ecdsaRdfc} from '@digitalbazaar/ecdsa-rdfc-2019-cryptosuite';
import * as eddsaJcs from '@digitalbazaar/eddsa-jcs-2022-cryptosuite';
import * as ecdsaJcs from '@digitalbazaar/ecdsa-jcs-2019-cryptosuite';
import * as vc from '@digitalbazaar/vc';

const [, , task, folder] = process.argv;
const readJson = path => JSON.parse(readFileSync(path, 'utf8'));
const contexts = readJson(join(folder, 'contexts.json'));
const key = readJson(join(folder, 'key.json'));
const CREATED = '2026-01-02T03:04:05Z';
const CRYPTOSUITES = {
  'eddsa-rdfc-2022': () => eddsaRdfc,
  'eddsa-2022': () => eddsa2022,
  'ecdsa-rdfc-2019': () => ecdsaRdfc,
  'eddsa-jcs-2022': sign => sign ? eddsaJcs.createSignCryptosuite() : eddsaJcs.createVerifyCryptosuite(),
  'ecdsa-jcs-2019': sign => sign ? ecdsaJcs.createSignCryptosuite() : ecdsaJcs.createVerifyCryptosuite()
};

async function documentLoader(url) {
  if(contexts[url]) {
    return {contextUrl: null, documentUrl: url, document: contexts[url], tag: 'static'};
  }
  const [did, fragment] = url.split('#');
  if(!/^did:key:z(6Mk|Dn|82)/.test(did)) {
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
  const suite = key.suite === 'Ed25519Signature2020' ?
    new Ed25519Signature2020() : new DataIntegrityProof({cryptosuite: CRYPTOSUITES[key.suite](false)});
  const accepted = async () => ({verified: true});
  const result = document.type.includes('VerifiablePresentation') ?
    await vc.verify({
      presentation: document, suite, documentLoader, checkStatus: accepted,
      challenge: [].concat(document.proof)[0].challenge, domain: [].concat(document.proof)[0].domain
    }) : await vc.verifyCredential({credential: document, suite, documentLoader, checkStatus: accepted});
  const errors = result.error?.errors ?? (result.error ? [result.error] : []);
  return {verified: result.verified, error: errors.map(e => `${e.name}: ${e.message}`).join('; ')};
}

async function signer() {
  if(key.suite.startsWith('ecdsa')) {
    return (await EcdsaMultikey.from({
      id: key.id, controller: key.controller, type: 'Multikey',
      publicKeyMultibase: key.publicKeyMultibase, secretKeyMultibase: key.secretKeyMultibase
    })).signer();
  }
  const pair = await Ed25519Multikey.generate({seed: new Uint8Array(Buffer.from(key.seed, 'hex'))});
  pair.controller = key.controller;
  pair.id = key.id;
  return pair.signer();
}

async function sign(document) {
  const did = key.controller;
  const suite = key.suite === 'Ed25519Signature2020' ?
    new Ed25519Signature2020({signer: await signer(), date: CREATED}) :
    new DataIntegrityProof({signer: await signer(), cryptosuite: CRYPTOSUITES[key.suite](true), date: CREATED});
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
    const signed = await sign(document);
    writeFileSync(join(folder, 'signed', name), JSON.stringify(signed));
    out[name] = {verified: true, error: ''};
  }
}
writeFileSync(join(folder, 'out.json'), JSON.stringify(out, null, 1));
