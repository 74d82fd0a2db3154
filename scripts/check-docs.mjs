// Checks what the documents promise against the sources: `npm run check:docs`. Plain JavaScript for Node 20.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../bin/find-node.mjs';

const faults = [];

checkDependencies();
checkErrorCodes();
checkCommands();
checkEnvironment();
checkTestNames('docs/architecture.md');
for (const file of documents()) checkLinks(file);

for (const fault of faults) process.stderr.write(`${fault}\n`);
process.stdout.write(
  `${faults.length === 0 ? 'The documents agree with the sources' : 'See above'}.\n`,
);
process.exitCode = faults.length === 0 ? 0 : 1;

/** Every direct dependency has its line, and no line speaks of one that has gone. */
function checkDependencies() {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const wanted = Object.keys({ ...dependencies, ...devDependencies });
  compare('docs/dependencies.md', 'dependency', wanted, firstCells('docs/dependencies.md'));
}

/** Every stable error code of the sources has a row in the table of errors, and no row is left over. */
function checkErrorCodes() {
  const listed = firstCells('docs/errors.md');
  const everything = sources('src').map(read).join('\n');
  // A code that reaches its place through a variable is found by its word alone.
  const spoken = listed.filter((code) => everything.includes(`'${code}'`));
  compare('docs/errors.md', 'error code', [...new Set([...errorCodes(), ...spoken])], listed);
}

/** Codes are written in three ways: as a field, in a union called `...ErrorCode`, or as the word a helper begins with. */
function errorCodes() {
  const found = new Set();
  const collect = (text, pattern) => {
    for (const [, code] of text.matchAll(pattern)) found.add(code);
  };
  for (const file of sources('src')) {
    if (file.startsWith('src/web/') || file.includes('/testing')) continue;
    const text = read(file);
    collect(text, /\bcode: '([a-z0-9_]+)'/g);
    collect(
      text,
      /\b(?:fail|failure|refusal|refused|rejected|commandError|artifactFailure|ExpectedFailure)\(\s*'([a-z0-9_]+)'/g,
    );
    collect(text, /\bproblem\(\s*[\w.']+,\s*'([a-z0-9_]+)'/g);
    for (const [, union] of text.matchAll(/type \w*ErrorCode =([^;]+);/g)) {
      collect(union, /\| '([a-z0-9_]+)'/g);
    }
  }
  const [, table = ''] = /statusByCode = \{([^}]+)\}/.exec(read('src/contract/errors.ts')) ?? [];
  collect(table, /^\s+([a-z0-9_]+):/gm);
  return [...found];
}

/** Every command and every option of the command line is in its guide. */
function checkCommands() {
  const guide = read('docs/guide/cli.md');
  for (const file of sources('src/cli/commands')) {
    const text = read(file);
    const commands = [...text.matchAll(/\.command\('([a-z-]+)'\)/g)].map(([, name]) => name);
    const options = [...text.matchAll(/'(?:-\w, )?(--[a-z-]+)/g)].map(([, name]) => name);
    for (const word of [...commands, ...options]) {
      if (!guide.includes(word))
        faults.push(`docs/guide/cli.md says nothing of ${word} (${file}).`);
    }
  }
}

/** Every environment variable of ours is in the README. */
function checkEnvironment() {
  const readme = read('README.md');
  const files = [...sources('src'), ...sources('rehearsal'), 'scripts/start.mjs'];
  const variables = new Set(
    files.flatMap((file) => read(file).match(/\bCEREVISOR_[A-Z_]+/g) ?? []),
  );
  for (const name of variables) {
    if (!readme.includes(name)) faults.push(`README.md says nothing of ${name}.`);
  }
}

/** A link to a test file is written with the name of a test that is in it. */
function checkTestNames(document) {
  for (const [, name, path] of read(document).matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)) {
    const file = join(root, dirname(document), path);
    if (existsSync(file) && !readFileSync(file, 'utf8').includes(name)) {
      faults.push(`${document} names a test that ${path} does not have: ${name}.`);
    }
  }
}

/** Links inside the repository lead somewhere, headings included. */
function checkLinks(file) {
  const prose = read(file).replace(/```[\s\S]*?```/g, '');
  for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path, heading] = target.split('#');
    const full = path === '' ? file : relative(root, join(root, dirname(file), path));
    if (!existsSync(join(root, full)))
      faults.push(`${file} leads to ${target}, which is not there.`);
    else if (heading && full.endsWith('.md') && !headings(full).has(heading)) {
      faults.push(`${file} leads to ${target}, which has no such heading.`);
    }
  }
}

function headings(file) {
  const titles = [...read(file).matchAll(/^#+ (.+)$/gm)].map(([, title]) => title);
  return new Set(
    titles.map((title) =>
      title
        .toLowerCase()
        .replace(/[^\w\- ]/g, '')
        .replaceAll(' ', '-'),
    ),
  );
}

function compare(document, what, wanted, listed) {
  for (const word of wanted) {
    if (!listed.includes(word)) faults.push(`${document} lacks the ${what} ${word}.`);
  }
  for (const word of listed) {
    if (!wanted.includes(word))
      faults.push(`${document} lists ${word}, which is no ${what} any more.`);
  }
}

/** The words in code quotes that begin the rows of a document's tables. */
function firstCells(document) {
  return [...read(document).matchAll(/^\| (`[^|]+`) *\|/gm)].flatMap(([, cell]) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, word]) => word),
  );
}

function documents() {
  const top = readdirSync(root).filter((name) => name.endsWith('.md'));
  return [...top, ...filesIn('docs'), ...filesIn('examples'), 'rehearsal/README.md'].filter(
    (file) => file.endsWith('.md'),
  );
}

function sources(folder) {
  return filesIn(folder).filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'));
}

function filesIn(folder) {
  return readdirSync(join(root, folder), { withFileTypes: true }).flatMap((entry) => {
    const path = `${folder}/${entry.name}`;
    return entry.isDirectory() ? filesIn(path) : [path];
  });
}

function read(file) {
  return readFileSync(join(root, file), 'utf8');
}
