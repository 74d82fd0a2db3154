import { afterEach, expect, test, vi } from 'vitest';
import { importFile } from './import-file.ts';

vi.stubGlobal('localStorage', { getItem: () => null });
const sentBody = vi.fn();
vi.stubGlobal('fetch', async (_path: string, { body }: RequestInit) => {
  sentBody(JSON.parse(String(body)));
  return Response.json({});
});
afterEach(() => sentBody.mockClear());

const document = '{"version":"1.0","name":"Größe","agents":[]}';
const utf16 = (text: string) =>
  new Uint8Array([
    0xff,
    0xfe,
    ...new Uint8Array(Uint16Array.from(text, (c) => c.charCodeAt(0)).buffer),
  ]);

test.each([
  ['UTF-8', new TextEncoder().encode(document)],
  ['UTF-8 with a mark', new TextEncoder().encode(`\uFEFF${document}`)],
  ['UTF-16', utf16(document)],
])('imports a file in %s', async (_, bytes) => {
  await importFile(new File([bytes], 'Shop.v2.cerevisor'));
  expect(sentBody).toHaveBeenCalledWith({ name: 'Shop.v2', text: document });
});

test.each([
  ['a picture', new Uint8Array([0x89, 0x50, 0x4e, 0x47, 0xff, 0xfe]), 'file_not_text'],
  ['too much', new Uint8Array(9 * 1024 * 1024), 'file_too_large'],
])('rejects %s without sending it', async (_, bytes, code) => {
  await expect(importFile(new File([bytes], 'photo.png'))).rejects.toMatchObject({ code });
  expect(sentBody).not.toHaveBeenCalled();
});
