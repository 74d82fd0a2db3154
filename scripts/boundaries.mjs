// Module boundaries: `npm run check:boundaries` compares the sources, the linter rules and the diagram with
// module-boundaries.json; with --write it regenerates the rules and the diagram. Plain JavaScript for Node 20.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join, posix } from 'node:path';
import { root } from '../bin/find-node.mjs';

const PLAN = 'module-boundaries.json';
const RULES = 'biome.boundaries.json';
const DIAGRAM = 'docs/architecture.md';
/** The deepest nesting of files in a module; a linter rule needs the right number of `../`. */
const MAX_DEPTH = 5;

const { rooms, everyoneMayImport } = JSON.parse(read(PLAN));
const mayWrite = process.argv.includes('--write');
const problems = [...forbiddenImports(), ...unknownModules()];
updateFile(RULES, `${JSON.stringify(linterRules(), null, 2)}\n`);
updateFile(DIAGRAM, withDiagram(read(DIAGRAM)));

for (const problem of problems) process.stderr.write(`${problem}\n`);
if (problems.length > 0) process.exitCode = 1;
else process.stdout.write(`The sources follow ${PLAN}.\n`);

function updateFile(file, expected) {
  if (normalized(read(file)) === normalized(expected)) return;
  if (mayWrite) writeFileSync(join(root, file), expected);
  else problems.push(`${file} is out of date with ${PLAN}: run npm run boundaries.`);
}

/** Ignores how the formatter lays out JSON and tables. */
function normalized(text) {
  return text.replace(/\s+/g, '').replace(/-{3,}/g, '---');
}

/** Every import between modules, including type imports, that the plan does not allow. */
function forbiddenImports() {
  return sources('src').flatMap((file) => {
    const [, from] = file.split('/');
    return importsOf(file).flatMap((target) => {
      const inside = target.replace(/^src\//, '');
      if (inside === target)
        return target.startsWith('rehearsal/')
          ? [`${file} imports ${target}: the rehearsal cloud is a separate program.`]
          : [];
      return isAllowed(from, inside)
        ? []
        : [`${file} imports ${target}: ${allowedImportsMessage(from)}`];
    });
  });
}

function unknownModules() {
  const found = readdirSync(join(root, 'src'));
  return [
    ...found
      .filter((name) => !(name in rooms))
      .map((name) => `src/${name} is not a module of ${PLAN}.`),
    ...Object.keys(rooms)
      .filter((name) => !found.includes(name))
      .map((name) => `${PLAN} has a module src/${name} that does not exist.`),
  ];
}

function isAllowed(from, target) {
  const [room] = target.split('/');
  const { mayImport } = rooms[from] ?? { mayImport: [] };
  if (room === from || mayImport === 'everything' || everyoneMayImport.includes(room)) return true;
  return mayImport.some((allowed) => allowed === room || allowed === target);
}

function allowedImportsMessage(from) {
  const { mayImport } = rooms[from] ?? { mayImport: [] };
  return `src/${from} may import only ${[...mayImport, ...everyoneMayImport].join(', ')} (${PLAN}).`;
}

/**
 * The same rules for the linter, so that editors show violations. There is one rule for each depth, to make the paths
 * exact.
 */
function linterRules() {
  const overrides = Object.keys(rooms).flatMap((room) => {
    if (rooms[room].mayImport === 'everything') return [];
    return Array.from({ length: MAX_DEPTH }, (_, depth) => ruleFor(room, depth));
  });
  return { overrides };
}

function ruleFor(room, depth) {
  const files = `src/${room}/${'*/'.repeat(depth)}*.{ts,tsx}`;
  const up = '../'.repeat(depth + 1);
  const forbidden = Object.keys(rooms).flatMap((other) => {
    if (other === room || everyoneMayImport.includes(other)) return [];
    const { mayImport } = rooms[room];
    if (mayImport.includes(other)) return [];
    const parts = mayImport.filter((allowed) => allowed.startsWith(`${other}/`));
    return [`${up}${other}/**`, ...parts.map((part) => `!${up}${part}`)];
  });
  const patterns = [
    { group: forbidden, message: allowedImportsMessage(room) },
    { group: [`${up}../rehearsal/**`], message: 'The rehearsal cloud is a separate program.' },
  ];
  return {
    includes: [files, '!**/*.test.ts', '!**/*.test.tsx'],
    linter: {
      rules: { style: { noRestrictedImports: { level: 'error', options: { patterns } } } },
    },
  };
}

function withDiagram(document) {
  const lines = ['```mermaid', 'flowchart TD'];
  for (const [room, { mayImport }] of Object.entries(rooms)) {
    if (mayImport === 'everything') lines.push(`  ${room} --> everything[all modules]`);
    else {
      const targets = new Set(mayImport.map((target) => target.replace(/\/.*/, '')));
      for (const target of targets) lines.push(`  ${room} --> ${target}`);
    }
  }
  const table = ['| Module | Purpose |', '| --- | --- |'];
  for (const [room, { idea }] of Object.entries(rooms)) table.push(`| \`src/${room}\` | ${idea} |`);
  const generated = [...lines, '```', '', ...table].join('\n');
  return document.replace(
    /(<!-- rooms: made from module-boundaries\.json -->\n)[\s\S]*?(\n<!-- end of rooms -->)/,
    (_, begin, end) => `${begin}\n${generated}\n${end}`,
  );
}

function importsOf(file) {
  const text = read(file);
  return [...text.matchAll(/\b(?:from|import)\s*\(?\s*['"](\.[^'"]+)['"]/g)].map(([, target]) =>
    posix.join(posix.dirname(file), target),
  );
}

function sources(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    if (entry.isDirectory()) return sources(path);
    return /\.tsx?$/.test(entry.name) && !/\.test\.tsx?$/.test(entry.name) ? [path] : [];
  });
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
