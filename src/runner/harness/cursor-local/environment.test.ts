import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { guarded } from './environment.ts';

describe('the environment of a host', () => {
  it('is readable by the SDK, but hidden variables are not passed to commands', () => {
    const environment = guarded({ CURSOR_BACKEND_URL: 'http://x', PATH: process.env.PATH });
    expect(environment.CURSOR_BACKEND_URL).toBe('http://x');
    expect(Object.keys({ ...environment })).toEqual(['PATH']);
    const output = execFileSync('env', { env: environment, encoding: 'utf8' });
    expect(output).not.toContain('CURSOR_BACKEND_URL');
  });

  it('does not let the SDK disable TLS verification', () => {
    const environment = guarded({});
    environment.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    environment.OTHER = '1';
    expect({ ...environment }).toEqual({ OTHER: '1' });
  });
});
