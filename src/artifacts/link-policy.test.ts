import { describe, expect, it } from 'vitest';
import { isAddressAllowed, refusalOf } from './link-policy.ts';

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
  it('reach public addresses over https', () => {
    for (const address of ['93.184.216.34', '2606:2800:220:1::1', '::ffff:8.8.8.8'])
      expect(isAddressAllowed(address, 'public'), address).toBe(true);
    expect(refusalOf(new URL('https://storage.example/x?sig=1'), 'public')).toBeUndefined();
  });

  it('never reach private networks, not even for a backend on this machine', () => {
    for (const address of privateAddresses)
      for (const reach of ['public', 'loopback'] as const)
        expect(isAddressAllowed(address, reach), address).toBe(false);
    for (const host of ['10.0.0.1', '[fd00::1]', '0x0a000001', '2852039166', '[::ffff:10.0.0.1]'])
      expect(refusalOf(new URL(`https://${host}/`), 'loopback'), host).toBeDefined();
  });

  it('reach this machine only for a backend that itself runs here', () => {
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
      expect(refusalOf(url, 'loopback'), host).toBeUndefined();
      expect(refusalOf(url, 'public'), host).toBeDefined();
      expect(refusalOf(new URL(`https://${host}/x`), 'public'), host).toBeDefined();
    }
  });

  it('use no other scheme, and carry no password', () => {
    for (const link of [
      'http://storage.example/',
      'file:///etc/passwd',
      'data:,x',
      'https://u:p@a.example/',
    ])
      expect(refusalOf(new URL(link), 'loopback'), link).toBeDefined();
  });
});
