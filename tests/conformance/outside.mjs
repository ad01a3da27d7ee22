// Handed to node before a suite is loaded: what a suite expects of where it runs. No assertion is touched.
import {existsSync, readFileSync} from 'node:fs';
import {pathToFileURL} from 'node:url';

// 1. Lazy iterators, which node has from version 22 on.
const proto = Object.getPrototypeOf(Object.getPrototypeOf([][Symbol.iterator]()));
if(!proto.map) {
  proto.map = function* (made) {
    let n = 0;
    for(const item of this) {
      yield made(item, n++);
    }
  };
}

// 2. A context that the shared assertions look up in a fixed map, and that the map lacks: the pinned copy.
const place = `${process.cwd()}/node_modules/data-integrity-test-suite-assertion/vc-generator/contexts.js`;
if(existsSync(place)) {
  const url = 'https://w3id.org/security/suites/ed25519-2020/v1';
  const {contextMap} = await import(pathToFileURL(place));
  const pinned = new URL('../../contexts/ed25519-signature-2020-v1.jsonld', import.meta.url);
  if(!contextMap.has(url)) {
    contextMap.set(url, JSON.parse(readFileSync(pinned)));
  }
}
