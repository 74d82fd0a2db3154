// Bundles the programs (command line, daemon, SDK host, rehearsal cloud, and every child or worker that one of them
// starts) into `dist/programs`. Plain JavaScript for any Node from 20 on.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFolder, hashOfFile, inputsFile, isBundleFresh } from '../bin/bundle.mjs';
import { findNode, root } from '../bin/find-node.mjs';
import { contractFingerprint } from './contract-fingerprint.mjs';
import { startedPrograms } from './started-programs.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

/** The others are found by their names in the sources: see `startedPrograms`. */
const programs = { cerevisor: join(root, 'src', 'cli', 'main.ts') };

/** Not bundled: one has its own license and a package for each platform, the other is native code. */
const external = ['@cursor/sdk', '@napi-rs/keyring'];

/** Also inputs: a version in one of these changes the bundle as a line of source does. */
const alsoInputs = [
  'bin/find-node.mjs',
  'scripts/contract-fingerprint.mjs',
  'package-lock.json',
  'scripts/build-programs.mjs',
  'scripts/started-programs.mjs',
];

const licensesName = 'third-party-licenses.txt';
const KEEP_OLD_CHUNKS_MS = 24 * 3_600_000;

const isProgram = process.argv[1] === fileURLToPath(import.meta.url);
if (isProgram && (process.argv.includes('--clean') || !isBundleFresh())) await buildPrograms();

/** Builds the programs in a process of its own when their sources changed. Ends this process when that fails. */
export function buildProgramsWhenNeeded() {
  if (isBundleFresh()) return;
  process.stderr.write('Building the programs…\n');
  const script = fileURLToPath(import.meta.url);
  const built = spawnSync(findNode(), [script], { cwd: root, encoding: 'utf8' });
  if (built.status === 0) return;
  process.stderr.write(`${built.stdout ?? ''}${built.stderr ?? ''}`);
  process.stderr.write('The programs could not be built; see the error above.\n');
  process.exit(1);
}

async function buildPrograms() {
  // Loaded here: a machine where nothing is installed yet has no bundler.
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: programs,
    cwd: root,
    platform: 'node',
    // Some packages have a `main` that only a loader of another kind can read.
    resolve: { mainFields: ['module', 'main'] },
    external: (name) => external.some((one) => name === one || name.startsWith(`${one}/`)),
    // The oldest Node that the package runs on: what it does not know yet is written in older words.
    transform: {
      target: 'node22.22',
      define: { CONTRACT_FINGERPRINT: contractFingerprint() },
    },
    plugins: [startedPrograms()],
    logLevel: 'warn',
    // Local agents run from a copy of the bundle, next to which nothing is installed; nor would the build be repeated
    // once the package is there.
    onLog(level, log, handle) {
      if (log.code === 'UNRESOLVED_IMPORT') handle('error', log);
      else handle(level, log);
    },
  });
  const { output } = await bundle.generate({
    format: 'esm',
    entryFileNames: '[name].mjs',
    chunkFileNames: '[name]-[hash].mjs',
  });
  await bundle.close();
  // Until this is written again, anyone who starts a program takes the sources.
  rmSync(inputsFile, { force: true });
  mkdirSync(bundleFolder, { recursive: true });
  // Programs last, and each at once: one that is started meanwhile finds the chunks that it names.
  const inOrder = output.toSorted((one, other) => Number(one.isEntry) - Number(other.isEntry));
  for (const chunk of inOrder) replaceFile(join(bundleFolder, chunk.fileName), chunk.code);
  const moduleIds = output.flatMap((chunk) => chunk.moduleIds ?? []).map((id) => id.split('?')[0]);
  replaceFile(join(bundleFolder, licensesName), thirdPartyLicenses(moduleIds));
  removeOldChunks(new Set([licensesName, ...output.map(({ fileName }) => fileName)]));
  replaceFile(inputsFile, JSON.stringify([...inputsOf(moduleIds)].sort().map(described)));
}

function replaceFile(file, text) {
  const part = `${file}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, file);
}

/** A daemon that is running may still load chunks of the build before this one; a package has none of them. */
function removeOldChunks(current) {
  const keepsRecent = !process.argv.includes('--clean');
  for (const name of readdirSync(bundleFolder)) {
    const file = join(bundleFolder, name);
    const isRecent = statSync(file).mtimeMs > Date.now() - KEEP_OLD_CHUNKS_MS;
    if (!current.has(name) && !(keepsRecent && isRecent)) rmSync(file, { force: true });
  }
}

/** The files of this repository that went into the bundle. */
function inputsOf(moduleIds) {
  const paths = moduleIds.map((id) => relative(root, id).split(sep).join('/'));
  return new Set([...paths.filter((path) => /^(src|rehearsal)\//.test(path)), ...alsoInputs]);
}

function described(path) {
  const file = join(root, path);
  const { size, mtimeMs } = statSync(file);
  return [path, size, mtimeMs, hashOfFile(file)];
}
