import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';

/**
 * The licenses of all packages that these modules belong to, as one text, which must be distributed with the bundle.
 */
export function thirdPartyLicenses(moduleIds) {
  const folders = new Set(moduleIds.flatMap((id) => folderOf(id) ?? []));
  const notices = [...folders].sort().map((folder) => {
    const { name, version, license } = readPackage(folder);
    const text = licenseIn(folder);
    return `${name} ${version} (${license})\n\n${text ?? 'This package contains no license text.'}`;
  });
  const line = `\n\n${'-'.repeat(80)}\n\n`;
  return `The programs contain these packages.${line}${notices.join(line)}\n`;
}

/** The folder of the package that a module belongs to; null for a module of our own. */
function folderOf(id) {
  if (!id.includes(`${sep}node_modules${sep}`)) return null;
  let folder = dirname(id);
  // Packages may contain further package.json files that only declare the module type of a subfolder.
  while (readPackage(folder)?.version === undefined) folder = dirname(folder);
  return folder;
}

function readPackage(folder) {
  const file = join(folder, 'package.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
}

function licenseIn(folder) {
  const name = readdirSync(folder).find((entry) => /^(licen[sc]e|copying)/i.test(entry));
  return name === undefined ? null : readFileSync(join(folder, name), 'utf8').trim();
}
