/** Where the JSON Schema of workflow files is published: `dist/schema/workflow-1.0.json` of this package. */
export const WORKFLOW_SCHEMA_URL = 'https://unpkg.com/cerevisor/dist/schema/workflow-1.0.json';
