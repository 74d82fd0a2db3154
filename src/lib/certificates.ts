import { readFileSync } from 'node:fs';
import { getCACertificates, setDefaultCACertificates } from 'node:tls';

/**
 * Trusts the certificates of `SSL_CERT_FILE` in this process, next to those that Node brings: OpenSSL and what is
 * built on it do so, Node does not by itself. (`NODE_EXTRA_CA_CERTS` Node reads at its start.) Returns why it
 * could not, or null.
 */
export function trustCertificateFile(
  environment: Readonly<Record<string, string | undefined>>,
): string | null {
  const file = environment.SSL_CERT_FILE?.trim() ?? '';
  if (file === '') return null;
  try {
    const found = readFileSync(file, 'utf8').match(CERTIFICATE) ?? [];
    if (found.length === 0) return `SSL_CERT_FILE (${file}) contains no certificate.`;
    setDefaultCACertificates([...new Set([...getCACertificates('default'), ...found])]);
    return null;
  } catch (error) {
    const detail = error instanceof Error ? error.message : String(error);
    return `SSL_CERT_FILE (${file}) cannot be used: ${detail}`;
  }
}

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g;
