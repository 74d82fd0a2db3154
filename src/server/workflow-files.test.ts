import { mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { startTestServer } from '../../testing/server.ts';

test('opens and saves a workflow file, and adds it to the recent files', async () => {
  await using server = await startTestServer();
  const made = await server.client.createFile({ name: 'My shop' });
  expect(made.path).toBe(join(server.home, 'workflows', 'My shop.cerevisor'));
  const read = await server.client.readFile(made.path);
  const text = read.text.replace('My shop', 'Our shop');
  const saved = await server.client.saveFile({ path: made.path, text, expectedHash: read.hash });
  expect(readFileSync(made.path, 'utf8')).toBe(text);
  expect(saved.hash).not.toBe(read.hash);
  const { recent } = await server.client.files();
  expect(recent.map(({ path, name }) => [path, name])).toEqual([[made.path, 'Our shop']]);
});

test('does not overwrite a file that another program has changed', async () => {
  await using server = await startTestServer();
  const { path, hash } = await server.client.createFile({ name: 'Shop' });
  writeFileSync(path, 'changed by hand');
  await expect(
    server.client.saveFile({ path, text: '{}', expectedHash: hash }),
  ).rejects.toMatchObject({ code: 'changed_on_disk', status: 409 });
  expect(readFileSync(path, 'utf8')).toBe('changed by hand');
});

test('never overwrites a file when it creates a new one', async () => {
  await using server = await startTestServer();
  const first = await server.client.createFile({ name: 'a/b:c' });
  const second = await server.client.createFile({ name: 'a/b:c' });
  expect(second.path).not.toBe(first.path);
  expect(first.path.startsWith(join(server.home, 'workflows'))).toBe(true);
});

test("copies an example into the user's folder, with a new id", async () => {
  await using server = await startTestServer();
  const examples = join(server.home, 'examples');
  mkdirSync(examples);
  const path = join(examples, 'demo.cerevisor');
  const document = { version: '1.0', id: 'demo', name: 'Demo', agents: [{ id: 'a', name: 'A' }] };
  writeFileSync(path, JSON.stringify(document));
  const copy = await server.client.duplicateFile({ path });
  expect(copy.path).toBe(join(server.home, 'workflows', 'Demo copy.cerevisor'));
  expect(copy.workflow).toMatchObject({ name: 'Demo copy' });
  expect(copy.workflow?.id).not.toBe('demo');
});

test('reads only workflow files', async () => {
  await using server = await startTestServer();
  for (const [path, code] of [
    ['/etc/passwd', 'not_a_workflow_file'],
    ['relative.cerevisor', 'bad_request'],
    [join(server.home, 'gone.cerevisor'), 'file_missing'],
  ] as const) {
    await expect(server.client.readFile(path)).rejects.toMatchObject({ code });
  }
});

test('validates a workflow by path, text or document, and reports all problems at once', async () => {
  await using server = await startTestServer();
  const text = '{"version":"1.0","id":"x","name":"X","agents":[{"id":"a"}]}';
  const validated = await server.client.validate({ text });
  expect(validated).toMatchObject({ ok: false, workflow: null });
  expect(validated.problems[0]).toMatchObject({ severity: 'error', line: 1 });
  const path = join(server.home, 'x.cerevisor');
  writeFileSync(path, text);
  expect((await server.client.validate({ path })).problems).toEqual(validated.problems);
  await expect(server.client.validate({ path, text })).rejects.toMatchObject({
    code: 'bad_request',
  });
});

test('never reads or writes other files, even through a link with the name of a workflow file', async () => {
  await using server = await startTestServer();
  const { client, home } = server;
  const settings = join(home, 'settings.json');
  writeFileSync(settings, '{"secret":"hidden"}');
  const link = join(home, 'link.cerevisor');
  symlinkSync(settings, link);
  for (const path of [settings, link]) {
    const refused = expect.objectContaining({ code: 'not_a_workflow_file' });
    await expect(client.readFile(path)).rejects.toEqual(refused);
    await expect(client.saveFile({ path, text: '{}', expectedHash: null })).rejects.toEqual(
      refused,
    );
    await expect(client.duplicateFile({ path })).rejects.toEqual(refused);
    await expect(client.validate({ path })).rejects.toEqual(refused);
    await expect(client.preflight({ path })).rejects.toEqual(refused);
    await expect(client.start({ path })).rejects.toEqual(refused);
  }
  expect(readFileSync(settings, 'utf8')).toBe('{"secret":"hidden"}');
});

test.each([
  ['photo.png', '\u0089PNG\r\n\u001a\n\u0000\u0000'],
  ['notes', 'Buy milk.'],
  ['half', '{"version": "1.0", "agents": ['],
  ['package', '{"name":"shop","version":"1.0.0"}'],
  ['list', '[1, 2, 3]'],
  ['empty', ''],
])('does not create a workflow from other content: %s', async (name, text) => {
  await using server = await startTestServer();
  await expect(server.client.createFile({ name, text })).rejects.toMatchObject({
    code: 'file_invalid',
    status: 422,
  });
  expect((await server.client.files()).recent).toEqual([]);
});

test('accepts a workflow with problems, so that they can be fixed', async () => {
  await using server = await startTestServer();
  const text = '{"version":"1.0","id":"x","agents":[{"name":5}]}';
  const made = await server.client.createFile({ name: 'Faulty', text });
  expect(made).toMatchObject({ text, workflow: null });
});

test('removes a file in any folder from the recent files, until it is opened again', async () => {
  await using server = await startTestServer();
  const { client } = server;
  const own = await client.createFile({ name: 'Own' });
  const elsewhere = join(server.home, 'elsewhere.cerevisor');
  writeFileSync(elsewhere, own.text);
  await client.readFile(elsewhere);
  const gone = join(server.home, 'gone.cerevisor');
  writeFileSync(gone, own.text);
  await client.readFile(gone);
  rmSync(gone);
  const recent = async () => (await client.files()).recent.map(({ path }) => path);
  expect(await recent()).toEqual([gone, elsewhere, own.path]);
  for (const path of [gone, elsewhere, own.path]) await client.forgetFile(path);
  expect(await recent()).toEqual([]);
  expect(readFileSync(own.path, 'utf8')).toBe(own.text);
  await client.readFile(own.path);
  expect(await recent()).toEqual([own.path]);
});
