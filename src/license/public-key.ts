/**
 * The public half of the key that signs licenses: the 32 bytes of an Ed25519 key, in base64url.
 *
 * The private half of this one was never stored, so nobody can issue a license for it. Anyone who sells Cerevisor
 * replaces it: `node scripts/issue-license.mjs --new-keys DIR` (see `docs/licensing.md`).
 */
const shippedPublicKey = 'uFIBW-KGyMD4e9JQDuQsq6VXwVknYP8aNvvnXfC-sag';

/** The key that licenses are checked with; `CEREVISOR_LICENSE_PUBLIC_KEY` replaces the shipped one. */
export function licensePublicKey(
  environment: Readonly<Record<string, string | undefined>>,
): string {
  const configured = environment.CEREVISOR_LICENSE_PUBLIC_KEY?.trim();
  return configured === undefined || configured === '' ? shippedPublicKey : configured;
}
