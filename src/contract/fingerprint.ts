/** Replaced by the builds of the programs and of the app; undefined when the sources run directly. */
declare const CONTRACT_FINGERPRINT: string | undefined;

/**
 * A hash of everything in this folder at build time. A daemon and a client with the same hash agree about every
 * request and response, so the client need not check them; otherwise it checks every response.
 */
export const contractFingerprint: string | null =
  typeof CONTRACT_FINGERPRINT === 'undefined' ? null : CONTRACT_FINGERPRINT;
