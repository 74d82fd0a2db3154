/** A line of a file. `endOffset` is the byte offset after its line break. */
export type Line = {
  readonly text: string;
  readonly endOffset: number;
  /** False for the last line if the file does not end with a line break. */
  readonly isTerminated: boolean;
};

const LINE_BREAK = 0x0a;

/** The lines of a byte stream with chunks of any size. Offsets count from the beginning of the stream. */
export async function* readLines(chunks: AsyncIterable<Buffer>): AsyncGenerator<Line> {
  let rest: Buffer[] = [];
  let offset = 0;
  for await (const chunk of chunks) {
    let from = 0;
    for (;;) {
      const end = chunk.indexOf(LINE_BREAK, from);
      if (end === -1) break;
      const bytes = Buffer.concat([...rest, chunk.subarray(from, end)]);
      rest = [];
      offset += bytes.length + 1;
      from = end + 1;
      yield { text: bytes.toString('utf8'), endOffset: offset, isTerminated: true };
    }
    if (from < chunk.length) rest.push(chunk.subarray(from));
  }
  const bytes = Buffer.concat(rest);
  if (bytes.length > 0)
    yield {
      text: bytes.toString('utf8'),
      endOffset: offset + bytes.length,
      isTerminated: false,
    };
}
