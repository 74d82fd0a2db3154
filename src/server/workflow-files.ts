import { randomBytes } from 'node:crypto';
import { access, readdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { basename, dirname, extname, isAbsolute, join, sep } from 'node:path';
import filenamify from 'filenamify';
import type { CreateFileBody } from '../contract/requests.ts';
import type { FileContent, FileEntry, FileList } from '../contract/responses.ts';
import type { Outcome } from '../engine/api.ts';
import type { Journal } from '../journal/types.ts';
import { replaceFile } from '../lib/durable-file.ts';
import { makeFolders } from '../lib/make-folders.ts';
import { systemErrorCode, systemErrorReason } from '../lib/system-error.ts';
import { openWorkflow, readWorkflowText } from '../workflow/files.ts';
import { parseWorkflow } from '../workflow/parse.ts';
import { WORKFLOW_SCHEMA_URL } from '../workflow/schema/schema-url.ts';
import { failed } from './failure.ts';
import { instant } from './views/instant.ts';
import { checkWorkflowPath } from './workflow-path.ts';
import { checkWorkflowText, type ValidationContext, validateText } from './workflow-validation.ts';

const RECENT_KEY = 'recent-workflow-files';
/** Removed files in the app's own folder, whose files are otherwise always listed. */
const FORGOTTEN_KEY = 'forgotten-workflow-files';
const MAX_RECENT = 20;

/** Opens and saves workflow files for the app, which has no access to other files. */
export class WorkflowFiles {
  readonly #facts: Journal['facts'];
  readonly #validation: ValidationContext;
  readonly #folder: string;
  readonly #examplesFolder: string;

  constructor(
    facts: Journal['facts'],
    validation: ValidationContext,
    folders: { readonly workflowsFolder: string; readonly examplesFolder: string },
  ) {
    this.#facts = facts;
    this.#validation = validation;
    this.#folder = folders.workflowsFolder;
    this.#examplesFolder = folders.examplesFolder;
  }

  async list(): Promise<FileList> {
    const own = await filesIn(this.#folder);
    const forgotten = new Set(this.#paths(FORGOTTEN_KEY));
    const recent = [...new Set([...this.#paths(RECENT_KEY), ...own])].filter(
      (path) => !forgotten.has(path),
    );
    return {
      folder: this.#folder,
      recent: await Promise.all(recent.map(entryOf)),
      examples: await Promise.all((await filesIn(this.#examplesFolder)).map(entryOf)),
    };
  }

  async read(path: string): Promise<Outcome<FileContent>> {
    const refusal = await checkWorkflowPath(path);
    if (refusal !== null) return refusal;
    const content = await validatedContentOf(path, this.#validation);
    if (content.ok) this.#remember(path);
    return content;
  }

  /** Saves this text, unless the file has changed since it was read. */
  async save(
    path: string,
    text: string,
    expectedHash: string | null,
  ): Promise<Outcome<FileContent>> {
    const refusal = await checkWorkflowPath(path);
    if (refusal !== null) return refusal;
    const current = await contentOf(path);
    const isMissing = !current.ok && current.error.code === 'file_missing';
    if (!current.ok && !isMissing) return current;
    const currentHash = current.ok ? current.value.hash : null;
    if (currentHash !== expectedHash) {
      return failed(
        'changed_on_disk',
        `${basename(path)} was changed by another program since it was opened.`,
        'Open it again and repeat your change, or save it under another name.',
      );
    }
    try {
      await replaceFile(path, text);
    } catch (error) {
      return failed(
        'file_unwritable',
        `${path} could not be written: ${systemErrorReason(error)}.`,
        'Check that the folder exists, is writable, and has free space. The old file was not changed.',
      );
    }
    this.#remember(path);
    return validatedContentOf(path, this.#validation);
  }

  /** Creates a file with an unused name in a folder. The text must be a workflow, but may have problems. */
  async create({ name, text, folder }: CreateFileBody): Promise<Outcome<FileContent>> {
    const refusal = text === undefined ? null : checkWorkflowText(name, text);
    if (refusal !== null) return refusal;
    const target = folder ?? this.#folder;
    if (!isAbsolute(target)) return failed('bad_request', `"${target}" is not an absolute path.`);
    try {
      makeFolders(target, target === this.#folder ? 0o700 : undefined);
    } catch (error) {
      return failed(
        'file_unwritable',
        `The folder ${target} could not be created: ${systemErrorReason(error)}.`,
        'Choose another folder.',
      );
    }
    const path = await freePath(target, fileNameOf(name));
    return this.save(path, text ?? emptyWorkflow(name), null);
  }

  /** Creates a copy next to the original. It gets a new id, so that confirmations do not apply to it. */
  async duplicate(path: string, name: string | undefined): Promise<Outcome<FileContent>> {
    const refusal = await checkWorkflowPath(path);
    if (refusal !== null) return refusal;
    const opened = await openWorkflow(path);
    if (!opened.ok) return opened;
    const { workflow } = opened.value;
    const copyName = name ?? `${workflow.name} copy`;
    const text = `${JSON.stringify({ ...workflow, id: newWorkflowId(), name: copyName }, null, 2)}\n`;
    // Examples are part of the installation, so their copies go to the user's folder.
    const isExample = dirname(path) === this.#examplesFolder;
    return this.create({ name: copyName, text, folder: isExample ? this.#folder : dirname(path) });
  }

  /** Removes a file from the list until it is opened again. The file itself is kept. */
  forget(path: string): void {
    this.#facts.set(
      RECENT_KEY,
      this.#paths(RECENT_KEY).filter((other) => other !== path),
    );
    // Files in other folders are listed only after they were opened.
    if (dirname(path) !== this.#folder || this.#paths(FORGOTTEN_KEY).includes(path)) return;
    this.#facts.set(FORGOTTEN_KEY, [...this.#paths(FORGOTTEN_KEY), path]);
  }

  #paths(key: string): readonly string[] {
    const stored = this.#facts.get(key);
    return Array.isArray(stored) ? stored.filter((path) => typeof path === 'string') : [];
  }

  #remember(path: string): void {
    if (dirname(path) === this.#examplesFolder) return;
    const forgotten = this.#paths(FORGOTTEN_KEY);
    if (forgotten.includes(path)) {
      this.#facts.set(
        FORGOTTEN_KEY,
        forgotten.filter((other) => other !== path),
      );
    }
    const recent = this.#paths(RECENT_KEY);
    if (recent[0] === path) return;
    const others = recent.filter((other) => other !== path);
    this.#facts.set(RECENT_KEY, [path, ...others].slice(0, MAX_RECENT));
  }
}

async function validatedContentOf(
  path: string,
  validation: ValidationContext,
): Promise<Outcome<FileContent>> {
  const content = await contentOf(path);
  if (!content.ok) return content;
  const { problems, workflow } = await validateText(content.value.text, validation);
  return { ok: true, value: { ...content.value, problems, workflow } };
}

type UncheckedContent = Omit<FileContent, 'problems' | 'workflow'>;

async function contentOf(path: string): Promise<Outcome<UncheckedContent>> {
  const read = await readWorkflowText(path);
  if (!read.ok) return read;
  const { text, hash, modifiedAt } = read.value;
  return { ok: true, value: { path, text, hash, modifiedAt: instant(modifiedAt) } };
}

async function filesIn(folder: string): Promise<readonly string[]> {
  try {
    const names = await readdir(folder);
    return names
      .filter((name) => name.endsWith('.cerevisor'))
      .sort()
      .map((name) => join(folder, name));
  } catch (error) {
    // The folder has not been created yet.
    if (systemErrorCode(error) === 'ENOENT') return [];
    throw error;
  }
}

async function entryOf(path: string): Promise<FileEntry> {
  const fileName = basename(path, extname(path));
  const content = await contentOf(path);
  const paths = { path, shortPath: shortPathOf(path) };
  if (!content.ok) return { ...paths, name: fileName, description: '', modifiedAt: null };
  const parsed = parseWorkflow(content.value.text);
  const { name, description } = parsed.ok ? parsed.workflow : {};
  return {
    ...paths,
    name: typeof name === 'string' && name.trim() !== '' ? name : fileName,
    description: typeof description === 'string' ? description.trim() : '',
    modifiedAt: content.value.modifiedAt,
  };
}

function shortPathOf(path: string): string {
  const home = homedir() + sep;
  return path.startsWith(home) ? join('~', path.slice(home.length)) : path;
}

function fileNameOf(name: string): string {
  const plain = filenamify(name, { replacement: '-', maxLength: 80 }).trim();
  return plain === '' ? 'workflow' : plain;
}

async function freePath(folder: string, name: string): Promise<string> {
  for (let number = 1; ; number += 1) {
    const path = join(folder, `${number === 1 ? name : `${name} ${number}`}.cerevisor`);
    try {
      await access(path);
    } catch {
      return path; // Unused, or inaccessible, which saving will report.
    }
  }
}

const newWorkflowId = (): string => `wf_${randomBytes(8).toString('hex')}`;

function emptyWorkflow(name: string): string {
  const document = {
    $schema: WORKFLOW_SCHEMA_URL,
    version: '1.0',
    id: newWorkflowId(),
    name,
    description: '',
    agents: [],
    connections: [],
    settings: { providerId: 'cursor-agent', runMode: 'local', cloud: { repos: [] } },
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
