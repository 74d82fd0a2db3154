import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { type Environment, runGitInOwnRepository } from '../lib/git.ts';
import { publishFolder } from '../lib/publish-folder.ts';
import type { Log } from '../server/services.ts';

/** The address of the sample repository in the rehearsal cloud. */
export const SAMPLE_SHOP_URL = 'https://github.com/cerevisor/sample-shop';

/** Path of the sample repository. It is bare, so that agents can push to it. */
export const sampleShopPath = (home: string): string => join(home, 'sample-shop.git');

/** Fixed names and dates, so that the commits are the same on every machine. */
const identity = { name: 'Sample Shop', email: 'shop@example.com' };
const commits: readonly { message: string; at: string; files: Readonly<Record<string, string>> }[] =
  [
    {
      message: 'Start a small shop',
      at: '2026-01-05T09:00:00Z',
      files: {
        'README.md': `# Sample shop

A small TypeScript shop for trying out workflows. It contains no secrets, and you cannot break anything.

- \`src/catalog.ts\` what is sold
- \`src/cart.ts\` what is in the cart, and what it costs
- \`src/checkout.ts\` from a cart to an order
`,
        'package.json': `{
  "name": "sample-shop",
  "private": true,
  "type": "module",
  "scripts": { "test": "node --test" }
}
`,
        'src/catalog.ts': `export type Product = { readonly id: string; readonly name: string; readonly cents: number };

export const catalog: readonly Product[] = [
  { id: 'mug', name: 'Coffee mug', cents: 1290 },
  { id: 'tea', name: 'Green tea', cents: 690 },
  { id: 'pot', name: 'Tea pot', cents: 3490 },
];

export function findProduct(id: string): Product | undefined {
  return catalog.find((product) => product.id === id);
}
`,
      },
    },
    {
      message: 'Add a cart with a total',
      at: '2026-01-06T10:30:00Z',
      files: {
        'src/cart.ts': `import { findProduct } from './catalog.ts';

export type Line = { readonly productId: string; readonly quantity: number };
export type Cart = readonly Line[];

export function totalCents(cart: Cart): number {
  return cart.reduce((total, line) => {
    const product = findProduct(line.productId);
    return total + (product?.cents ?? 0) * line.quantity;
  }, 0);
}
`,
        'src/cart.test.ts': `import assert from 'node:assert/strict';
import { test } from 'node:test';
import { totalCents } from './cart.ts';

test('adds up what is in the cart', () => {
  assert.equal(totalCents([{ productId: 'mug', quantity: 2 }]), 2580);
});
`,
      },
    },
    {
      message: 'Turn a cart into an order',
      at: '2026-01-07T15:45:00Z',
      files: {
        'src/checkout.ts': `import { type Cart, totalCents } from './cart.ts';

export type Order = { readonly number: string; readonly cart: Cart; readonly cents: number };

// TODO: refuse an empty cart, and products that the catalog does not have.
export function checkout(cart: Cart, number: string): Order {
  return { number, cart, cents: totalCents(cart) };
}
`,
      },
    },
  ];

/** Creates the sample repository if it does not exist. @throws if git is not installed or fails */
export async function ensureSampleShop(
  home: string,
  environment: Environment = process.env,
): Promise<string> {
  const path = sampleShopPath(home);
  if (existsSync(path)) return path;
  await mkdir(home, { recursive: true, mode: 0o700 });
  const work = await mkdtemp(join(home, '.sample-shop-'));
  try {
    const folder = join(work, 'shop');
    const inWork = gitIn(work, environment);
    await inWork(['init', '--quiet', '--initial-branch=main', folder]);
    const inShop = gitIn(folder, environment);
    for (const { message, at, files } of commits) await commit(folder, inShop, message, at, files);
    const bare = join(work, 'bare.git');
    await inWork(['clone', '--quiet', '--bare', folder, bare]);
    await publishFolder(bare, path);
  } finally {
    await rm(work, { recursive: true, force: true });
  }
  return path;
}

/** Creates the sample repository if possible. Cerevisor starts without git too; `doctor` and preflight report it. */
export async function tryCreateSampleShop(home: string, log: Log): Promise<void> {
  try {
    await ensureSampleShop(home);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log.warn({ reason }, 'the sample repository could not be created');
  }
}

type Git = (args: readonly string[], variables?: Record<string, string>) => Promise<void>;

const gitIn =
  (cwd: string, environment: Environment): Git =>
  async (args, variables = {}) => {
    const { exitCode, stderr } = await runGitInOwnRepository(args, {
      cwd,
      environment,
      variables,
    });
    if (exitCode !== 0) throw new Error(`git ${args[0]} failed: ${stderr.trim()}`);
  };

async function commit(
  folder: string,
  git: Git,
  message: string,
  at: string,
  files: Readonly<Record<string, string>>,
): Promise<void> {
  for (const [name, text] of Object.entries(files)) {
    await mkdir(dirname(join(folder, name)), { recursive: true });
    await writeFile(join(folder, name), text);
  }
  await git(['add', '--all']);
  await git(['commit', '--quiet', '-m', message], {
    GIT_AUTHOR_NAME: identity.name,
    GIT_AUTHOR_EMAIL: identity.email,
    GIT_AUTHOR_DATE: at,
    GIT_COMMITTER_NAME: identity.name,
    GIT_COMMITTER_EMAIL: identity.email,
    GIT_COMMITTER_DATE: at,
  });
}
