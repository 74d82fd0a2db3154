import { execFile, execFileSync, spawnSync } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { removeFolder } from '../../testing/remove-folder.ts';

const MEGABYTE = 1_000_000;
const NOBODY = 65_534;
const run = promisify(execFile);
const root = fileURLToPath(new URL('../..', import.meta.url));
const isRoot = process.getuid?.() === 0;
/** A person's PATH, with the Node of this test first. */
const path = [dirname(process.execPath), process.env.PATH].join(delimiter);

let folder: string;
let tarball: { filename: string; size: number; files: { path: string }[] };
const inFolder = (...names: string[]) => join(folder, ...names);
const prefix = () => inFolder('a prefix');
const installed = () => inFolder('a prefix', 'lib', 'node_modules', 'cerevisor');

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'cerevisor package '));
  chmodSync(folder, 0o755);
  const packed = await run('npm', ['pack', '--json', '--pack-destination', folder], {
    cwd: root,
    env: { ...process.env, PATH: path },
    maxBuffer: 50 * MEGABYTE,
  });
  [tarball] = JSON.parse(packed.stdout) as [typeof tarball];
  await run(
    'npm',
    [
      ...['install', '--global', '--prefix', prefix(), inFolder(tarball.filename)],
      ...['--no-audit', '--no-fund', '--prefer-offline'],
    ],
    { cwd: folder, env: { ...process.env, PATH: path } },
  );
  execFileSync('chmod', ['-R', 'a-w,a+rX', prefix()]);
});

afterAll(() => {
  if (!isRoot) execFileSync('chmod', ['-R', 'u+w', prefix()]);
  removeFolder(folder);
});

test('the package holds the programs, the app and the examples, and nothing that is only for developers', () => {
  const files = tarball.files.map((file) => file.path);
  for (const wanted of [
    'bin/cerevisor.mjs',
    'bin/cerevisor-rehearsal.mjs',
    'dist/programs/cerevisor.mjs',
    'dist/programs/host.mjs',
    'dist/programs/keychain-child.mjs',
    'dist/programs/rehearsal.mjs',
    'dist/programs/third-party-licenses.txt',
    'dist/schema/workflow-1.0.json',
    'dist/web/index.html',
    'dist/web/third-party-licenses.md',
    'examples/feature-in-three-waves.cerevisor',
  ]) {
    expect(files).toContain(wanted);
  }
  expect(
    files.filter((file) => /\.tsx?$|\.test\.|^(src|tests|scripts|bench)\//.test(file)),
  ).toEqual([]);
  expect(tarball.size).toBeLessThan(5 * MEGABYTE);
});

test('it installs only what cannot be bundled', () => {
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(installed(), 'package.json'), 'utf8'),
  );
  expect(Object.keys({ ...dependencies, ...optionalDependencies }).sort()).toEqual([
    '@cursor/sdk',
    '@napi-rs/keyring',
  ]);
  const kilobytes = Number(
    execFileSync('du', ['-sk', prefix()], { encoding: 'utf8' }).split('\t')[0],
  );
  expect(kilobytes * 1024).toBeLessThan(120 * MEGABYTE);
});

test('a user without write access runs the sample from another folder, without a network', async () => {
  mkdirSync(inFolder('a person'));
  if (isRoot) chownSync(inFolder('a person'), NOBODY, NOBODY);
  const script = inFolder('session.sh');
  writeFileSync(script, personsSession);
  await run('sh', [...withoutNetwork(), script], {
    cwd: inFolder('a person'),
    env: {
      PATH: [join(prefix(), 'bin'), path].join(delimiter),
      HOME: inFolder('a person'),
      SAMPLE: join(installed(), 'examples', 'feature-in-three-waves.cerevisor'),
      LANG: 'C.UTF-8',
    },
  }).catch((error: { stdout: string; stderr: string }) => {
    throw new Error(`${error.stdout}\n${error.stderr}`);
  });
  const read = (name: string) => readFileSync(inFolder('a person', name), 'utf8');
  expect(read('version')).toBe(`${versionOf(root)}\n`);
  const [session] = JSON.parse(read('sessions'));
  expect(session).toMatchObject({ status: 'finished' });
  for (const agent of session.agents) {
    expect(agent).toMatchObject({ status: 'completed', artifacts: [expect.anything()] });
  }
  expect(read('page')).toContain('<title>Cerevisor</title>');
  expect(read('doctor')).not.toContain('"failed"');
});

test('nothing is written into the installation', () => {
  const changed = execFileSync('find', [prefix(), '-newer', inFolder('session.sh')], {
    encoding: 'utf8',
  });
  expect(changed).toBe('');
  expect(statSync(join(installed(), 'package.json')).mode & 0o222).toBe(0);
});

const personsSession = `set -e
cerevisor --version > version
cerevisor run "$SAMPLE" --yes
cerevisor sessions --json > sessions
cerevisor doctor --json > doctor || true
node -e '
  const { port } = JSON.parse(require("fs").readFileSync(process.env.HOME + "/.cerevisor/daemon.json"));
  fetch("http://127.0.0.1:" + port + "/").then((answer) => answer.text()).then(console.log);
' > page
cerevisor stop
# The rehearsal cloud outlives the daemon, as Cursor's would.
rehearsal="$(node -p 'JSON.parse(fs.readFileSync(process.env.HOME + "/.cerevisor/rehearsal/rehearsal.json")).pid')"
kill "$rehearsal"
while kill -0 "$rehearsal" 2> /dev/null; do sleep 0.1; done
`;

/**
 * Where this machine lets us, a network of its own that reaches nothing but itself, and a user that owns nothing;
 * elsewhere the person is whoever runs the tests.
 */
function withoutNetwork(): string[] {
  if (!isRoot) return [];
  const asNobody = `setpriv --reuid ${NOBODY} --regid ${NOBODY} --clear-groups`;
  const isPossible = spawnSync('unshare', ['-n', 'ip', 'link', 'set', 'lo', 'up']).status === 0;
  return isPossible
    ? ['-c', `exec unshare -n sh -c 'ip link set lo up && exec ${asNobody} sh "$0"' "$0"`]
    : ['-c', `exec ${asNobody} sh "$0"`];
}

const versionOf = (of: string): string =>
  JSON.parse(readFileSync(join(of, 'package.json'), 'utf8')).version;
