// Reads {contexts, documents} from the file named first; writes one JSON line per document: {nquads} or {refused}.
import fs from 'node:fs';
import jsonld from 'jsonld';

const {contexts, documents} = JSON.parse(fs.readFileSync(process.argv[2], 'utf8'));
const documentLoader = async url => {
  if(!(url in contexts)) {
    throw new Error(`not pinned: ${url}`);
  }
  return {contextUrl: null, documentUrl: url, document: contexts[url]};
};
const options = {algorithm: 'RDFC-1.0', format: 'application/n-quads', safe: true, base: null, documentLoader,
  canonizeOptions: {maxWorkFactor: 3} // its default refuses more look-alikes than our budget does
};
for(const document of documents) {
  let line;
  try {
    line = {nquads: await jsonld.canonize(document, options)};
  } catch(error) {
    line = {refused: String(error.details?.event?.code ?? error.message)};
  }
  fs.appendFileSync(process.argv[3], JSON.stringify(line) + '\n');
}
