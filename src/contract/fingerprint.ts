/** Replaced by the builds of the programs and of the app; sources that run as they are have none. */
declare const CONTRACT_FINGERPRINT: string | undefined;

/**
 * A hash of everything in this folder, when this was built. A daemon and a client with the same one agree about every
 * request and answer, so the client need not check them; with another one, or without, it checks every answer.
 */
export const contractFingerprint: string | null =
  typeof CONTRACT_FINGERPRINT === 'undefined' ? null : CONTRACT_FINGERPRINT;
