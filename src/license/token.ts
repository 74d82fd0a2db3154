import { compactVerify, errors, importJWK } from 'jose';
import { z } from 'zod';

/** The issuer; tokens that were signed with the same key for another purpose do not count as licenses. */
const LICENSE_ISSUER = 'cerevisor-license';

/** Seconds since the epoch, as in every JWT, within the range of `Date`. */
const instant = z.number().min(0).max(8_640_000_000_000);

const claimsSchema = z.object({
  iss: z.literal(LICENSE_ISSUER),
  sub: z.string().min(1),
  tier: z.enum(['paid', 'trial']),
  name: z.string().exactOptional(),
  seats: z.int().positive().exactOptional(),
  iat: instant,
  nbf: instant.exactOptional(),
  exp: instant.exactOptional(),
});

/** The claims of a license key. */
export type LicenseClaims = z.infer<typeof claimsSchema>;

export type LicenseProblem = {
  readonly code:
    | 'license_malformed'
    | 'license_wrong_signature'
    | 'license_expired'
    | 'license_not_yet_valid'
    | 'license_public_key_invalid';
  readonly message: string;
  readonly suggestion: string;
};

/** A key after the check of its signature. `evaluateLicense` checks the dates. */
export type CheckedKey =
  | { readonly ok: true; readonly claims: LicenseClaims }
  | { readonly ok: false; readonly problem: LicenseProblem };

/** Checks the form and signature of a license key, offline. */
export async function checkKey(token: string, publicKey: string): Promise<CheckedKey> {
  const key = await importPublicKey(publicKey);
  if (key === undefined)
    return rejected(
      'license_public_key_invalid',
      'The public key for checking licenses is not an Ed25519 key.',
      'Correct or remove CEREVISOR_LICENSE_PUBLIC_KEY.',
    );
  try {
    const options = { algorithms: ['EdDSA', 'Ed25519'] };
    const { payload } = await compactVerify(withoutSpace(token), key, options);
    const claims = claimsSchema.safeParse(JSON.parse(new TextDecoder().decode(payload)));
    return claims.success ? { ok: true, claims: claims.data } : malformed();
  } catch (error) {
    if (error instanceof errors.JWSSignatureVerificationFailed)
      return rejected(
        'license_wrong_signature',
        'This key was not issued for Cerevisor, or it has been changed.',
        'Copy the complete key again from your order.',
      );
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return malformed();
    throw error;
  }
}

/** Removes the white space that mail programs insert into long lines. */
export function withoutSpace(token: string): string {
  return token.replace(/\s+/g, '');
}

async function importPublicKey(publicKey: string) {
  try {
    return await importJWK({ kty: 'OKP', crv: 'Ed25519', x: publicKey }, 'EdDSA');
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

function malformed(): CheckedKey {
  return rejected(
    'license_malformed',
    'This is not a license key.',
    'Copy the complete key again from your order; it has three parts, separated by dots.',
  );
}

function rejected(code: LicenseProblem['code'], message: string, suggestion: string): CheckedKey {
  return { ok: false, problem: { code, message, suggestion } };
}
