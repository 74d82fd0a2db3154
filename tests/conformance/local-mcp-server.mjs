// A Model Context Protocol server over standard input and output with one tool, which adds two numbers.
import { createInterface } from 'node:readline';

const tool = {
  name: 'add',
  description: 'Adds two numbers',
  inputSchema: {
    type: 'object',
    properties: { a: { type: 'number' }, b: { type: 'number' } },
    required: ['a', 'b'],
  },
};

function resultOf({ method, params }) {
  switch (method) {
    case 'initialize':
      return {
        protocolVersion: params.protocolVersion,
        capabilities: { tools: {} },
        serverInfo: { name: 'calc', version: '1.0.0' },
      };
    case 'tools/list':
      return { tools: [tool] };
    case 'tools/call': {
      const { a, b } = params.arguments;
      return { content: [{ type: 'text', text: `The sum is ${a + b}` }] };
    }
    default:
      return {};
  }
}

for await (const line of createInterface({ input: process.stdin })) {
  const request = JSON.parse(line);
  // Notifications have no id and get no answer.
  if (request.id === undefined) continue;
  const answer = { jsonrpc: '2.0', id: request.id, result: resultOf(request) };
  process.stdout.write(`${JSON.stringify(answer)}\n`);
}
