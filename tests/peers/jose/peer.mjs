// Let `jose` verify our tokens and make its own. in.json: {verify: {name: {token, jwk, alg}}, sign: {name: {header, payload}}};
// out.json: {verified: {name: boolean}, signed: {name: {token, jwk}}}.
import {readFileSync, writeFileSync} from 'node:fs';
import {CompactSign, compactVerify, exportJWK, generateKeyPair, importJWK} from 'jose';

const {verify, sign} = JSON.parse(readFileSync('in.json', 'utf8'));
const verified = {};
for (const [name, {token, jwk, alg}] of Object.entries(verify)) {
  try {
    await compactVerify(token, await importJWK(jwk, alg), {algorithms: [alg]});
    verified[name] = true;
  } catch {
    verified[name] = false;
  }
}
const signed = {};
for (const [name, {header, payload}] of Object.entries(sign)) {
  const {publicKey, privateKey} = await generateKeyPair(header.alg, {extractable: true});
  const data = new TextEncoder().encode(JSON.stringify(payload));
  const token = await new CompactSign(data).setProtectedHeader(header).sign(privateKey);
  signed[name] = {token, jwk: await exportJWK(publicKey)};
}
writeFileSync('out.json', JSON.stringify({verified, signed}));
