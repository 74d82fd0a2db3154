// `npm run check:docs`: checks statements of the documents against the sources. Plain JavaScript for Node 20.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { root } from '../bin/find-node.mjs';

const problems = [];

checkDependencies();
checkErrorCodes();
checkCommands();
checkEnvironment();
checkTestNames('docs/architecture.md');
for (const file of documents()) checkLinks(file);

for (const problem of problems) process.stderr.write(`${problem}\n`);
process.stdout.write(
  `${problems.length === 0 ? 'The documents agree with the sources' : 'See above'}.\n`,
);
process.exitCode = problems.length === 0 ? 0 : 1;

/** Every direct dependency has a row, and no row names a dependency that was removed. */
function checkDependencies() {
  const { dependencies, devDependencies } = JSON.parse(read('package.json'));
  const expected = Object.keys({ ...dependencies, ...devDependencies });
  compareLists('docs/dependencies.md', 'dependency', expected, firstCells('docs/dependencies.md'));
}

/**
 * Every stable error code in the sources has a row in the table of errors, and there is no row for a code that was
 * removed.
 */
function checkErrorCodes() {
  const listed = firstCells('docs/errors.md');
  const everything = sources('src').map(read).join('\n');
  // A code that is passed through a variable does not match the patterns, so any string literal with its text counts.
  const mentioned = listed.filter((code) => everything.includes(`'${code}'`));
  compareLists(
    'docs/errors.md',
    'error code',
    [...new Set([...errorCodes(), ...mentioned])],
    listed,
  );
}

/** Codes occur in three forms: as a field, in a union named `...ErrorCode`, or as an argument of a helper. */
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

/** Every command and every option of the command line is mentioned in its guide. */
function checkCommands() {
  const guide = read('docs/guide/cli.md');
  for (const file of sources('src/cli/commands')) {
    const text = read(file);
    const commands = [...text.matchAll(/\.command\('([a-z-]+)'\)/g)].map(([, name]) => name);
    const options = [...text.matchAll(/'(?:-\w, )?(--[a-z-]+)/g)].map(([, name]) => name);
    for (const word of [...commands, ...options]) {
      if (!guide.includes(word))
        problems.push(`docs/guide/cli.md does not mention ${word} (${file}).`);
    }
  }
}

/** Every environment variable of Cerevisor is mentioned in the README. */
function checkEnvironment() {
  const readme = read('README.md');
  const files = [...sources('src'), ...sources('rehearsal'), 'scripts/start.mjs'];
  const variables = new Set(
    files.flatMap((file) => read(file).match(/\bCEREVISOR_[A-Z_]+/g) ?? []),
  );
  for (const name of variables) {
    if (!readme.includes(name)) problems.push(`README.md does not mention ${name}.`);
  }
}

/** The text of a link to a test file must be the name of a test in that file. */
function checkTestNames(document) {
  for (const [, name, path] of read(document).matchAll(/\[([^\]]+)\]\(([^)]+\.test\.ts)\)/g)) {
    const file = join(root, dirname(document), path);
    if (existsSync(file) && !readFileSync(file, 'utf8').includes(name)) {
      problems.push(`${document} names a test that ${path} does not have: ${name}.`);
    }
  }
}

/** Links inside the repository lead to existing files and headings. */
function checkLinks(file) {
  const prose = read(file).replace(/```[\s\S]*?```/g, '');
  for (const [, target] of prose.matchAll(/\]\(([^)\s]+)\)/g)) {
    if (/^[a-z]+:/.test(target)) continue;
    const [path, heading] = target.split('#');
    const full = path === '' ? file : relative(root, join(root, dirname(file), path));
    if (!existsSync(join(root, full)))
      problems.push(`${file} links to ${target}, which does not exist.`);
    else if (heading && full.endsWith('.md') && !headings(full).has(heading)) {
      problems.push(`${file} links to ${target}, but there is no such heading.`);
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

function compareLists(document, kind, expected, listed) {
  for (const word of expected) {
    if (!listed.includes(word)) problems.push(`${document} lacks the ${kind} ${word}.`);
  }
  for (const word of listed) {
    if (!expected.includes(word))
      problems.push(`${document} lists ${word}, which is no longer a known ${kind}.`);
  }
}

/** The code spans in the first cells of a document's table rows. */
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
