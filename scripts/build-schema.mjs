// Writes the JSON Schema of workflow files into `dist/schema`. Needs a Node that runs TypeScript.
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { root } from '../bin/find-node.mjs';
import { workflowJsonSchema } from '../src/workflow/schema/json-schema.ts';

const folder = join(root, 'dist', 'schema');
mkdirSync(folder, { recursive: true });
writeFileSync(
  join(folder, 'workflow-1.0.json'),
  `${JSON.stringify(workflowJsonSchema(), null, 2)}\n`,
);
