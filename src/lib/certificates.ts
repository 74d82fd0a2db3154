import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Trusts the certificates in `SSL_CERT_FILE` in this process, in addition to Node's own. Programs based on OpenSSL
 * read this variable; Node does not (it reads only `NODE_EXTRA_CA_CERTS`, at its start).
 * Returns the reason if the file cannot be used, otherwise null.
 */
export function trustCertificateFile(
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const file = environment.SSL_CERT_FILE?.trim() ?? '';
  if (file === '') return null;
  try {
    const certificates = readFileSync(file, 'utf8').match(CERTIFICATE) ?? [];
    if (certificates.length === 0) return `SSL_CERT_FILE (${file}) contains no certificate.`;
    setDefaultCACertificates([...new Set([...getCACertificates('default'), ...certificates])]);
    return null;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return `SSL_CERT_FILE (${file}) cannot be used: ${detail}`;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
