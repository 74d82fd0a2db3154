import { formatSize } from '../../lib/format.ts';
import { runModeOf } from '../placement.ts';
import { type Problem, type ProblemPath, problem } from '../problem.ts';
import type { PromptImage } from '../schema/cursor-options.ts';
import type { Workflow } from '../schema.ts';

/** Cursor's limit for one prompt. */
const MAX_IMAGES = 5;
/** Cursor allows 15 MB, but data in the file is stored with every session. */
const MAX_DATA_BYTES = 1024 * 1024;
const mimeTypes = ['image/png', 'image/jpeg', 'image/gif', 'image/webp'];

/** Images are not too many or too large, and each one has either a URL or data. */
export function imageProblems({ agents, settings }: Workflow): Problem[] {
  return agents.flatMap((agent, index) => {
    const { name, images = [] } = agent;
    const path = ['agents', index, 'images'];
    const isLocal = runModeOf(agent, settings) === 'local';
    const found = images.flatMap((image, position) => {
      const problems = oneProblem(image, name, [...path, position]);
      const isAddress = problems.length === 0 && image.url !== undefined;
      return isLocal && isAddress ? [addressInLocalMode([...path, position], name)] : problems;
    });
    if (images.length <= MAX_IMAGES) return found;
    const tooMany = problem(
      'error',
      'too_many_images',
      path,
      `"${name}" has ${images.length} images; Cursor allows at most ${MAX_IMAGES}.`,
      'Remove some, or put them into the repository and refer to them in the instructions.',
    );
    return [tooMany, ...found];
  });
}

function oneProblem(image: PromptImage, name: string, path: ProblemPath): Problem[] {
  const { url, data, mimeType } = image;
  if (url !== undefined && data === undefined && mimeType === undefined) {
    return isWebAddress(url)
      ? []
      : [malformed(path, name, 'has a "url" that is not http or https')];
  }
  if (url !== undefined || data === undefined || mimeType === undefined)
    return [malformed(path, name, 'must have either "url", or "data" and "mimeType"')];
  if (!mimeTypes.includes(mimeType))
    return [
      malformed(
        path,
        name,
        `has the type "${mimeType}"; the supported types are ${mimeTypes.join(', ')}`,
      ),
    ];
  if (data === '' || !/^[A-Za-z0-9+/]+={0,2}$/.test(data))
    return [malformed(path, name, 'has "data" that is not Base64')];
  const bytes = Math.floor(data.length * 0.75);
  if (bytes <= MAX_DATA_BYTES) return [];
  return [
    problem(
      'error',
      'image_too_large',
      path,
      `An image of "${name}" is ${formatSize(bytes)} large; the limit for images in the file is 1 MB.`,
      'Use a "url" instead, which can have up to 15 MB.',
    ),
  ];
}

/** The SDK rejects image URLs for local agents. */
const addressInLocalMode = (path: ProblemPath, name: string): Problem =>
  problem(
    'error',
    'image_url_needs_cloud',
    path,
    `An image of "${name}" is given by its URL, which works only for agents in the cloud.`,
    'Give "data" and "mimeType" instead, or put it into the folder and mention it in the instructions.',
  );

const malformed = (path: ProblemPath, name: string, fault: string): Problem =>
  problem(
    'error',
    'image_malformed',
    path,
    `An image of "${name}" ${fault}.`,
    'Write {"url": "https://…"}, or {"data": Base64, "mimeType": "image/png"}.',
  );

function isWebAddress(text: string): boolean {
  const url = URL.parse(text);
  return url !== null && /^https?:$/.test(url.protocol) && url.password === '';
}
