import type { UserModelMessage } from 'ai';
import type { HostTurn } from '../../harness.ts';
import { HarnessError } from '../../harness-error.ts';
import { fetchPage } from '../tools/fetch-page.ts';
import { imageTypeOf } from '../tools/image-type.ts';
import { ToolProblem } from '../tools/own-tool.ts';

type Image = NonNullable<HostTurn['images']>[number];

/** What a person asks, with their pictures. Those that are given by an address are fetched now, once. */
export async function promptMessage(
  turn: HostTurn,
  signal: AbortSignal,
): Promise<UserModelMessage> {
  const images = await Promise.all((turn.images ?? []).map((image) => imagePart(image, signal)));
  if (images.length === 0) return { role: 'user', content: turn.prompt };
  return { role: 'user', content: [...images, { type: 'text', text: turn.prompt }] };
}

async function imagePart({ data, mimeType, url }: Image, signal: AbortSignal) {
  if (data !== undefined) {
    const mediaType = mimeType ?? imageTypeOf(Buffer.from(data, 'base64')) ?? 'image/png';
    return { type: 'file' as const, data: { type: 'data' as const, data }, mediaType };
  }
  const bytes = await imageAt(url ?? '', signal);
  const mediaType = imageTypeOf(bytes);
  if (mediaType === null) throw refused(`There is no image at ${url}.`);
  const fetched = { type: 'data' as const, data: bytes.toString('base64') };
  return { type: 'file' as const, data: fetched, mediaType };
}

async function imageAt(url: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const page = await fetchPage(url, signal, () => false);
    if (page.isCut) throw new ToolProblem(`The image at ${url} is too large.`);
    return page.bytes;
  } catch (error) {
    if (error instanceof ToolProblem) throw refused(error.message);
    throw error;
  }
}

const refused = (message: string): HarnessError =>
  new HarnessError({ code: 'invalid_request', message });
