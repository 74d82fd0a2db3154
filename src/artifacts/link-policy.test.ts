import { describe, expect, it } from 'vitest';
import { isAddressAllowed, isLoopbackUrl, rejectionReason } from './link-policy.ts';

const privateAddresses = [
  ...[
    '10.1.2.3',
    '172.16.0.1',
    '192.168.1.1',
    '169.254.169.254',
    '100.64.0.1',
    '0.0.0.0',
    '224.0.0.1',
  ],
  ...[
    '255.255.255.255',
    '::',
    'fe80::1',
    'fd00::1',
    'ff02::1',
    '::ffff:10.0.0.1',
    '::ffff:a9fe:a9fe',
  ],
  ...['64:ff9b::a00:1', '2002:a00:1::', 'not an address'],
];

describe('links', () => {
  it('may use public addresses over https', () => {
    for (const address of ['93.184.216.34', '2606:2800:220:1::1', '::ffff:8.8.8.8'])
      expect(isAddressAllowed(address, 'public'), address).toBe(true);
    expect(rejectionReason(new URL('https://storage.example/x?sig=1'), 'public')).toBeUndefined();
  });

  it('may not lead to private networks, not even for a backend on this machine', () => {
    for (const address of privateAddresses)
      for (const reach of ['public', 'loopback'] as const)
        expect(isAddressAllowed(address, reach), address).toBe(false);
    for (const host of ['10.0.0.1', '[fd00::1]', '0x0a000001', '2852039166', '[::ffff:10.0.0.1]'])
      expect(rejectionReason(new URL(`https://${host}/`), 'loopback'), host).toBeDefined();
  });

  it('may lead to this machine only for a backend on this machine', () => {
    for (const host of [
      '127.0.0.1',
      '127.1',
      '[::1]',
      'localhost',
      'localhost.',
      'x.localhost',
      '[::ffff:127.0.0.1]',
    ]) {
      const url = new URL(`http://${host}:8080/x`);
      expect(rejectionReason(url, 'loopback'), host).toBeUndefined();
      expect(rejectionReason(url, 'public'), host).toBeDefined();
      expect(rejectionReason(new URL(`https://${host}/x`), 'public'), host).toBeDefined();
    }
  });

  it('may not use other schemes or contain a password', () => {
    for (const link of [
      'http://storage.example/',
      'file:///etc/passwd',
      'data:,x',
      'https://u:p@a.example/',
    ])
      expect(rejectionReason(new URL(link), 'loopback'), link).toBeDefined();
  });
});

describe('a backend on this machine', () => {
  it('is recognized by its parsed host, not by a prefix of its name', () => {
    for (const host of [
      '127.0.0.1',
      '127.1',
      '0x7f000001',
      '127.255.0.9',
      '[::1]',
      '[::ffff:127.0.0.1]',
      'localhost',
      'LOCALHOST.',
      'cloud.localhost',
    ])
      expect(isLoopbackUrl(`http://${host}:8080/`), host).toBe(true);
    for (const host of [
      '127.evil.com',
      '127.0.0.1.evil.com',
      '127.0.0.1.nip.io',
      'localhost.evil.com',
      'evil.com',
      'notlocalhost',
      '128.0.0.1',
      '10.0.0.1',
      '[::2]',
    ])
      expect(isLoopbackUrl(`https://${host}/`), host).toBe(false);
    for (const text of [
      'https://127.0.0.1@evil.com',
      'https://evil.com/127.0.0.1',
      'ftp://127.0.0.1',
      '127.0.0.1',
      '',
    ])
      expect(isLoopbackUrl(text), text).toBe(false);
  });
});
