import { describe, expect, it } from 'vitest';
import { diskFull } from '../failures.ts';
import { shorten } from '../shorten.ts';
import { sdkFailureOf } from './failures.ts';

/** Messages of version 1.0.32 of the SDK. */
const code = (message: string, more: object = {}) =>
  sdkFailureOf({ message, ...more }).failure.code;

describe('the error of a run', () => {
  it.each([
    ['[unauthenticated] HTTP 401', 'unauthorized'],
    ['[permission_denied] no plan', 'forbidden'],
    ['Usage limit You have hit your limit', 'usage_limit'],
    ['Slow down too many', 'rate_limited'],
    ['[unavailable] HTTP 429', 'rate_limited'],
    ['[resource_exhausted] wait', 'rate_limited'],
    ['Bad model no such', 'invalid_model'],
    ['Cannot use this model: nope. Available models: composer-2.', 'invalid_model'],
    ['[unknown] [aborted] aborted', 'unreachable'],
    ['Stream ended without turnEnded — connection likely dropped mid-stream', 'unreachable'],
    ['[invalid_argument] protocol error: missing EndStreamResponse', 'unreachable'],
    ['Connection stalled', 'unreachable'],
    ['[unknown] HTTP 500', 'unreachable'],
    ['[internal] oops', 'unreachable'],
    ['[invalid_argument] x', 'invalid_request'],
    ['[unimplemented] HTTP 404', 'feature_unavailable'],
    ['Agent agent-1 already has active run', 'busy'],
    [
      'Local SDK sandboxing was requested, but sandboxing is not supported in this environment.',
      'sandbox_unavailable',
    ],
    ['database or disk is full', 'disk_full'],
    ['ENOSPC: no space left on device, write', 'disk_full'],
    ['Something that nobody has seen', 'protocol'],
  ])('%s', (message, expected) => {
    expect(code(message)).toBe(expected);
  });

  it('is also recognized by the name of a thrown error', () => {
    expect(code('Invalid API key', { name: 'AuthenticationError', status: 401 })).toBe(
      'unauthorized',
    );
    expect(code('Agent x not found', { name: 'AgentNotFoundError' })).toBe('not_found');
    expect(code('odd', { name: 'ConfigurationError' })).toBe('invalid_request');
  });

  it('is transient for connections and rate limits', () => {
    expect(sdkFailureOf({ message: 'Connection stalled' }).isTransient).toBe(true);
    expect(sdkFailureOf({ message: '[resource_exhausted] wait' }).isTransient).toBe(true);
    expect(sdkFailureOf({ message: '[permission_denied] no' }).isTransient).toBe(false);
  });

  it("has Cursor's message, without protocol details and advice for programmers", () => {
    const message = (words: string) => sdkFailureOf({ message: words }).failure.message;
    expect(message('[permission_denied] Your plan has no agents.')).toBe(
      'Your plan has no agents.',
    );
    expect(sdkFailureOf({ message: 'database or disk is full' }).failure).toBe(diskFull);
    expect(message('[unknown] [aborted] aborted')).toBe('The connection to Cursor was lost.');
    expect(message('[unavailable] busy now')).toBe('The connection to Cursor was lost: busy now');
    expect(
      message(
        'Cannot use this model: x. Available models: y. Use Cursor.models.list() to discover.',
      ),
    ).toBe('Cannot use this model: x. Available models: y.');
  });

  it('never contains bundled source', () => {
    expect(shorten(`reason\nat x (${'y'.repeat(2_000_000)})`)).toBe('reason');
    expect(shorten('z'.repeat(2_000_000)).length).toBeLessThan(1_100);
  });
});
