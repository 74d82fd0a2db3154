import { readdirSync, readFileSync } from 'node:fs';
import type { DescMessage } from '@bufbuild/protobuf';
import { expect, it } from 'vitest';
import { file_conversation } from './conversation_pb.ts';
import { file_stream } from './stream_pb.ts';
import { file_tools } from './tools_pb.ts';
import { file_transport } from './transport_pb.ts';

const folder = new URL('./', import.meta.url);
const generated = {
  'conversation.proto': file_conversation,
  'stream.proto': file_stream,
  'tools.proto': file_tools,
  'transport.proto': file_transport,
};

/** Lists `Message.field = number` for every field of a `.proto` file. */
const declared = (source: string): string[] => {
  const names: string[] = [];
  const fields: string[] = [];
  for (const line of source.split('\n')) {
    const message = /^\s*message (\w+) \{/.exec(line)?.[1];
    const isClosed = /\}\s*(\/\/.*)?$/.test(line);
    if (message !== undefined && !isClosed) names.push(message);
    else if (/^\s*oneof /.test(line)) names.push('');
    else if (/^\s*\}/.test(line)) names.pop();
    const field = /^\s*(?:repeated |optional )?[\w.<>, ]+ (\w+) = (\d+);/.exec(line);
    const owner = names.findLast((name) => name !== '');
    if (field !== null && owner !== undefined) fields.push(`${owner}.${field[1]} = ${field[2]}`);
  }
  return fields.sort();
};

const described = (messages: readonly DescMessage[]): string[] =>
  messages.flatMap((message) => [
    ...message.fields.map(({ name, number }) => `${message.name}.${name} = ${number}`),
    ...described(message.nestedMessages.filter((nested) => !nested.typeName.endsWith('Entry'))),
  ]);

it.each(Object.entries(generated))('%s matches the generated code', (name, file) => {
  const fields = declared(readFileSync(new URL(name, folder), 'utf8'));
  expect(fields.length).toBeGreaterThan(5);
  expect(described(file.messages).sort()).toEqual(fields);
});

it('has generated code for every .proto file', () => {
  const files = readdirSync(folder).filter((file) => file.endsWith('.proto'));
  expect(files.sort()).toEqual(Object.keys(generated));
});
