import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

export interface Certificates {
  /** The certificate of a private authority, which no system trusts by default. */
  caFile: string;
  certFile: string;
  keyFile: string;
}

/** Creates a private authority and its certificate, by default for 127.0.0.1 and localhost, valid for a day. Needs `openssl`. */
export async function makeCertificates(folder: string, names = 'DNS:localhost, IP:127.0.0.1'): Promise<Certificates> {
  const at = (name: string) => join(folder, name);
  const openssl = (...args: string[]) => run('openssl', args);
  const newKey = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:P-256',
    '-nodes',
    '-keyout',
    at(name),
  ];
  await openssl('req', '-x509', ...newKey('ca.key'), '-out', at('ca.pem'), '-days', '1', '-subj', '/CN=Private CA');
  await openssl('req', ...newKey('server.key'), '-out', at('server.csr'), '-subj', '/CN=server');
  await writeFile(at('names'), `subjectAltName = ${names}\n`);
  const ca = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial'];
  const request = ['-in', at('server.csr'), '-out', at('server.pem'), '-days', '1', '-extfile', at('names')];
  await openssl('x509', '-req', ...ca, ...request);
  return { caFile: at('ca.pem'), certFile: at('server.pem'), keyFile: at('server.key') };
}
