import { execFileSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { guarded } from './environment.ts';

describe('the environment of a host', () => {
  it('tells the SDK its address, and no command of the agent', () => {
    const environment = guarded({ CURSOR_BACKEND_URL: 'http://x', PATH: process.env.PATH });
    expect(environment.CURSOR_BACKEND_URL).toBe('http://x');
    expect(Object.keys({ ...environment })).toEqual(['PATH']);
    const seen = execFileSync('env', { env: environment, encoding: 'utf8' });
    expect(seen).not.toContain('CURSOR_BACKEND_URL');
  });

  it('does not let the SDK switch TLS checks off', () => {
    const environment = guarded({});
    environment.NODE_TLS_REJECT_UNAUTHORIZED = '0';
    environment.OTHER = '1';
    expect({ ...environment }).toEqual({ OTHER: '1' });
  });
});
