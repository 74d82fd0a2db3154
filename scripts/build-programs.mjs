// Bundles the programs (command line, daemon, SDK host, rehearsal cloud, and every child or worker that one of them
// starts) into `dist/programs`. Plain JavaScript for Node 20 or newer.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleFolder, hashOfFile, inputsFile, isBundleFresh } from '../bin/bundle.mjs';
import { findNode, root } from '../bin/find-node.mjs';
import { contractFingerprint } from './contract-fingerprint.mjs';
import { startedPrograms } from './started-programs.mjs';
import { thirdPartyLicenses } from './third-party-licenses.mjs';

/** The other programs are found through references in the sources; see `startedPrograms`. */
const programs = { cerevisor: join(root, 'src', 'cli', 'main.ts') };

/** Not bundled: the first has its own license and a package for each platform, the second is native code. */
const external = ['@cursor/sdk', '@napi-rs/keyring'];

/** Further inputs: a change in one of these files can change the bundle just as a source file can. */
const furtherInputs = [
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

/** Builds the programs in a child process if their sources changed. Exits this process if that fails. */
export function buildProgramsIfNeeded() {
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
  // Imported here, because the bundler is missing as long as the dependencies are not installed.
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: programs,
    cwd: root,
    platform: 'node',
    // The `main` of some packages has a module format that the bundler cannot analyze.
    resolve: { mainFields: ['module', 'main'] },
    external: (name) => external.some((one) => name === one || name.startsWith(`${one}/`)),
    // The oldest Node that the package supports. Newer syntax is transformed.
    transform: {
      target: 'node22.22',
      define: { CONTRACT_FINGERPRINT: contractFingerprint() },
    },
    plugins: [startedPrograms()],
    logLevel: 'warn',
    // An unresolved import is an error: local agents run from a copy of the bundle without any installed packages next
    // to it, and the build would not be repeated once the package is installed.
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
  // Until this file is written again, the launcher runs the sources.
  rmSync(inputsFile, { force: true });
  mkdirSync(bundleFolder, { recursive: true });
  // Write entries last and replace each file atomically, so that a program that is started meanwhile finds the chunks
  // that it imports.
  const entriesLast = output.toSorted((one, other) => Number(one.isEntry) - Number(other.isEntry));
  for (const chunk of entriesLast) replaceFile(join(bundleFolder, chunk.fileName), chunk.code);
  const moduleIds = output.flatMap((chunk) => chunk.moduleIds ?? []).map((id) => id.split('?')[0]);
  replaceFile(join(bundleFolder, licensesName), thirdPartyLicenses(moduleIds));
  removeOldChunks(new Set([licensesName, ...output.map(({ fileName }) => fileName)]));
  replaceFile(inputsFile, JSON.stringify([...inputsOf(moduleIds)].sort().map(describeInput)));
}

function replaceFile(file, text) {
  const part = `${file}.${process.pid}`;
  writeFileSync(part, text);
  renameSync(part, file);
}

/**
 * A running daemon may still load chunks of the previous build, so recent ones are kept. A package contains none of
 * them.
 */
function removeOldChunks(current) {
  const keepsRecent = !process.argv.includes('--clean');
  for (const name of readdirSync(bundleFolder)) {
    const file = join(bundleFolder, name);
    const isRecent = statSync(file).mtimeMs > Date.now() - KEEP_OLD_CHUNKS_MS;
    if (!current.has(name) && !(keepsRecent && isRecent)) rmSync(file, { force: true });
  }
}

/** The files of this repository that are inputs of the bundle. */
function inputsOf(moduleIds) {
  const paths = moduleIds.map((id) => relative(root, id).split(sep).join('/'));
  return new Set([...paths.filter((path) => /^(src|rehearsal)\//.test(path)), ...furtherInputs]);
}

function describeInput(path) {
  const file = join(root, path);
  const { size, mtimeMs } = statSync(file);
  return [path, size, mtimeMs, hashOfFile(file)];
}
