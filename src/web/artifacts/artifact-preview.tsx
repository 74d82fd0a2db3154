import { useQuery } from '@tanstack/react-query';
import type { ArtifactView } from '../../contract/agent-views.ts';
import { formatSize } from '../../lib/format.ts';
import { Dialog } from '../design/dialog.tsx';
import { api } from '../kernel/api.ts';
import { Failure } from '../kernel/failure.tsx';
import { previewKind } from './preview-kind.ts';

const maxBytes = 512 * 1024;

/** Reads the start of a file as text and cancels the rest of the download. */
async function readBeginning(url: string): Promise<{ text: string; isComplete: boolean }> {
  const response = await fetch(url);
  if (!response.ok || response.body === null)
    throw new Error(`The file cannot be read (${response.status}).`);
  const reader = response.body.getReader();
  const decoder = new TextDecoder();
  let text = '';
  for (let size = 0; size < maxBytes; ) {
    const { done, value } = await reader.read();
    if (done) return { text: text + decoder.decode(), isComplete: true };
    size += value.length;
    text += decoder.decode(value, { stream: true });
  }
  await reader.cancel();
  return { text, isComplete: false };
}

type PreviewProps = {
  artifact: ArtifactView;
  sessionId: string;
  agentId: string;
  onClose: () => void;
};

/** A preview of an artifact: an image, or plain text. Nothing in it is executed. */
export function ArtifactPreview({ artifact, sessionId, agentId, onClose }: PreviewProps) {
  const file = artifact.file ?? '';
  const url = api.artifactUrl(sessionId, agentId, file, true);
  return (
    <Dialog
      title={artifact.path}
      open
      onClose={onClose}
      width="large"
      header={<span className="text-muted">{formatSize(artifact.sizeBytes)}</span>}
    >
      <div className="scroll-thin flex min-h-60 flex-1 overflow-auto bg-sunken">
        {previewKind(file) === 'image' ? (
          <img src={url} alt={artifact.path} className="m-auto max-w-full" />
        ) : (
          <TextPreview url={url} />
        )}
      </div>
    </Dialog>
  );
}

function TextPreview({ url }: { url: string }) {
  const preview = useQuery({
    queryKey: ['preview', url],
    queryFn: () => readBeginning(url),
    retry: false,
    gcTime: 0,
  });
  if (preview.isError) return <Failure error={preview.error} />;
  if (preview.data === undefined) return <p className="p-4 text-muted">Reading…</p>;
  return (
    <div className="w-full p-4">
      <pre className="whitespace-pre-wrap font-mono text-sm [overflow-wrap:anywhere]">
        {preview.data.text}
      </pre>
      {preview.data.isComplete ? null : (
        <p className="mt-2 text-muted">
          Only the beginning is shown. Download the file to read the rest.
        </p>
      )}
    </div>
  );
}
