import { errors, importJWK, jwtVerify } from 'jose';
import { z } from 'zod';

/** Who issued it; keeps tokens made with the same key for another purpose from counting as licences. */
export const LICENSE_ISSUER = 'cerevisor-license';

const DAY_MS = 24 * 60 * 60 * 1000;

const claimsSchema = z.object({
  sub: z.string().min(1),
  tier: z.enum(['paid', 'trial']),
  name: z.string().exactOptional(),
  seats: z.int().positive().exactOptional(),
  /** Both in seconds since the epoch. */
  iat: z.int(),
  exp: z.int().exactOptional(),
});

/** What a licence key says, once its signature is known to be right. */
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

export type CheckedToken =
  | { readonly ok: true; readonly claims: LicenseClaims }
  | { readonly ok: false; readonly problem: LicenseProblem };

/** Checks a licence key without asking anybody: form, signature and time. `nowMs` counts from the epoch. */
export async function checkToken(
  token: string,
  publicKey: string,
  nowMs: number,
): Promise<CheckedToken> {
  const key = await keyFrom(publicKey);
  if (key === undefined)
    return refused(
      'license_public_key_invalid',
      'The public key that licences are checked with is not an Ed25519 key.',
      'Correct or remove CEREVISOR_LICENSE_PUBLIC_KEY.',
    );
  try {
    const { payload } = await jwtVerify(withoutSpace(token), key, {
      algorithms: ['EdDSA', 'Ed25519'],
      issuer: LICENSE_ISSUER,
      currentDate: new Date(nowMs),
    });
    const claims = claimsSchema.safeParse(payload);
    if (!claims.success) return malformed();
    // A day of grace: clocks differ, and an honest key must not wait for one that is slow.
    if (claims.data.iat * 1000 > nowMs + DAY_MS) return notYetValid(claims.data.iat * 1000);
    return { ok: true, claims: claims.data };
  } catch (error) {
    return explain(error);
  }
}

/** Mail programs break long lines. */
export function withoutSpace(token: string): string {
  return token.replace(/\s+/g, '');
}

async function keyFrom(publicKey: string) {
  try {
    return await importJWK({ kty: 'OKP', crv: 'Ed25519', x: publicKey }, 'EdDSA');
  } catch (error) {
    if (error instanceof TypeError || error instanceof DOMException) return undefined;
    throw error;
  }
}

function explain(error: unknown): CheckedToken {
  if (error instanceof errors.JWTExpired) {
    const { exp } = error.payload;
    return refused(
      'license_expired',
      `This licence ended on ${dateOf((exp ?? 0) * 1000)}.`,
      'Renew the subscription and activate the new key. If the date is wrong, check the clock of this machine.',
    );
  }
  if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'nbf')
    return notYetValid(Number(error.payload.nbf ?? 0) * 1000);
  if (error instanceof errors.JWSSignatureVerificationFailed)
    return refused(
      'license_wrong_signature',
      'This key was not issued for Cerevisor, or it was changed.',
      'Copy the whole key again from your order.',
    );
  if (error instanceof errors.JOSEError) return malformed();
  throw error;
}

function malformed(): CheckedToken {
  return refused(
    'license_malformed',
    'This is not a licence key.',
    'Copy the whole key again from your order: it has three parts with dots between them.',
  );
}

function notYetValid(fromMs: number): CheckedToken {
  return refused(
    'license_not_yet_valid',
    `This licence begins on ${dateOf(fromMs)}.`,
    'Check the clock of this machine, or activate the key on that day.',
  );
}

function refused(code: LicenseProblem['code'], message: string, suggestion: string): CheckedToken {
  return { ok: false, problem: { code, message, suggestion } };
}

function dateOf(ms: number): string {
  return new Date(ms).toISOString().slice(0, 10);
}
