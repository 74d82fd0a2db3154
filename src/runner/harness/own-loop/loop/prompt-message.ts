import type { UserModelMessage } from 'ai';
import type { HostTurn } from '../../harness.ts';
import { HarnessError } from '../../harness-error.ts';
import { fetchPage } from '../tools/fetch-page.ts';
import { imageTypeOf } from '../tools/image-type.ts';
import { ToolError } from '../tools/tool.ts';

type Image = NonNullable<HostTurn['images']>[number];

/** The prompt of a turn with its images. Images given by URL are downloaded once, now. */
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
  const bytes = await downloadImage(url ?? '', signal);
  const mediaType = imageTypeOf(bytes);
  if (mediaType === null) throw invalidRequest(`There is no image at ${url}.`);
  const downloaded = { type: 'data' as const, data: bytes.toString('base64') };
  return { type: 'file' as const, data: downloaded, mediaType };
}

async function downloadImage(url: string, signal: AbortSignal): Promise<Buffer> {
  try {
    const page = await fetchPage(url, signal, () => false);
    if (page.isCut) throw new ToolError(`The image at ${url} is too large.`);
    return page.bytes;
  } catch (error) {
    if (error instanceof ToolError) throw invalidRequest(error.message);
    throw error;
  }
}

const invalidRequest = (message: string): HarnessError =>
  new HarnessError({ code: 'invalid_request', message });
