import { constants, zstdCompressSync, zstdDecompressSync } from 'node:zlib';
import { VarintReader, VarintWriter } from './varint.ts';

/** One item of a turn as its row had it; everything that a reader can see of it. */
export type PackedItem = {
  readonly position: number;
  readonly seq: number;
  readonly at: number;
  /** The kind of a transcript item, or the name of a frame in a journal of the first version. */
  readonly name: string;
  /** The wire's own id; null for what had none. */
  readonly id: string | null;
  /** The stored JSON text, to the byte. */
  readonly payload: string;
};

/**
 * Packs items of one turn, in the order of their positions, into one compressed block. Each field is a column of its own: numbers as
 * differences, ids of the usual form (`<milliseconds>-<n>`) as two such columns, and of `{"text":"…"}` only the text.
 */
export function packItems(items: readonly PackedItem[]): Uint8Array {
  const numbers = new VarintWriter();
  const names = [...new Set(items.map(({ name }) => name))];
  const texts: string[] = [...names];
  numbers.write(items.length);
  numbers.write(names.length);
  for (const column of ['position', 'seq', 'at'] as const) {
    let before = 0;
    for (const item of items) {
      numbers.write(item[column] - before);
      before = item[column];
    }
  }
  for (const { name } of items) numbers.write(names.indexOf(name));
  let before: TimedId = { time: 0, count: 0 };
  for (const { id } of items) {
    const timed = timedId(id);
    numbers.write(id === null ? 0 : timed === null ? 1 : 2);
    if (timed === null) {
      if (id !== null) texts.push(id);
      continue;
    }
    numbers.write(timed.time - before.time);
    numbers.write(timed.count);
    before = timed;
  }
  for (const { payload } of items) {
    const text = plainText(payload);
    numbers.write(text === null ? 0 : 1);
    texts.push(text ?? payload);
  }
  const encoded = texts.map((text) => Buffer.from(text, 'utf8'));
  for (const { length } of encoded) numbers.write(length);
  const head = Buffer.alloc(4);
  head.writeUInt32LE(numbers.bytes.length);
  return zstdCompressSync(Buffer.concat([head, numbers.bytes, ...encoded]), {
    // A flipped bit must not read as other words.
    params: { [constants.ZSTD_c_checksumFlag]: 1 },
  });
}

/** The items of a block. @throws when the block is damaged. */
export function unpackItems(block: Uint8Array): PackedItem[] {
  const whole = zstdDecompressSync(block);
  const numbersEnd = 4 + whole.readUInt32LE(0);
  const numbers = new VarintReader(whole.subarray(4, numbersEnd));
  const count = numbers.read();
  const nameCount = numbers.read();
  const column = (): number[] => {
    let before = 0;
    return Array.from({ length: count }, () => {
      before += numbers.read();
      return before;
    });
  };
  const [positions, seqs, times] = [column(), column(), column()];
  const nameIndexes = Array.from({ length: count }, () => numbers.read());
  let time = 0;
  const ids = Array.from({ length: count }, () => {
    const form = numbers.read();
    if (form !== 2) return form === 0 ? null : { isText: true as const };
    time += numbers.read();
    return `${time}-${numbers.read()}`;
  });
  const isPlain = Array.from({ length: count }, () => numbers.read() === 1);
  let textStart = numbersEnd;
  const nextText = (): string => {
    const end = textStart + numbers.read();
    const text = whole.toString('utf8', textStart, end);
    textStart = end;
    return text;
  };
  const names = Array.from({ length: nameCount }, nextText);
  const wholeIds = ids.map((id) => (typeof id === 'object' && id !== null ? nextText() : id));
  const payloads = isPlain.map((plain) =>
    plain ? JSON.stringify({ text: nextText() }) : nextText(),
  );
  return Array.from({ length: count }, (_, index) => ({
    position: at(positions, index),
    seq: at(seqs, index),
    at: at(times, index),
    name: at(names, at(nameIndexes, index)),
    id: at(wholeIds, index),
    payload: at(payloads, index),
  }));
}

type TimedId = { readonly time: number; readonly count: number };

/** An id of the usual form, when it can be put together again exactly. */
function timedId(id: string | null): TimedId | null {
  const [, time, count] = (id !== null && /^(\d{1,15})-(\d{1,9})$/.exec(id)) || [];
  if (time === undefined || count === undefined) return null;
  const parts = { time: Number(time), count: Number(count) };
  return `${parts.time}-${parts.count}` === id ? parts : null;
}

/** The text of `{"text":"…"}`, when writing it again gives the same bytes. */
function plainText(payload: string): string | null {
  const [, inner] = /^\{"text":"(.*)"\}$/s.exec(payload) ?? [];
  if (inner === undefined) return null;
  let text: unknown;
  try {
    text = JSON.parse(`"${inner}"`);
  } catch {
    return null; // More than a text, or no JSON at all: kept as it is.
  }
  if (typeof text !== 'string' || JSON.stringify({ text }) !== payload) return null;
  // A lone surrogate has no UTF-8 of its own: only its escaped form survives the way there and back.
  return text.isWellFormed() ? text : null;
}

function at<Value>(list: readonly Value[], index: number): Value {
  const value = list[index];
  if (value === undefined) throw new RangeError('The pack is damaged');
  return value;
}
