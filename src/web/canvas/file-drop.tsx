import { FileDown } from 'lucide-react';
import { useLayoutEffect, useRef, useState } from 'react';
import { plural } from '../../lib/format.ts';
import { useRoute } from '../kernel/route.ts';
import { importFile } from './import-file.ts';
import { useCreateFiles } from './use-create-files.ts';

/**
 * Opens workflow files that are dropped anywhere on the window. Without it, the browser would navigate away from the
 * app.
 */
export function FileDrop() {
  const [isDropping, setIsDropping] = useState(false);
  const createFiles = useCreateFiles();
  const { dialog } = useRoute();
  const importFiles = useRef<(files: readonly File[]) => Promise<void>>(async () => {});
  importFiles.current = async (files) => {
    await createFiles(
      (amount) =>
        amount === 1 ? 'The file was not opened' : `${plural(amount, 'file')} were not opened`,
      ...files.map((file) => () => importFile(file)),
    );
  };
  const acceptsFiles = dialog === null;

  // A layout effect: after the first paint, a drop could come before a normal effect runs.
  useLayoutEffect(() => {
    const onDragOver = (event: DragEvent) => {
      const transfer = event.dataTransfer;
      if (transfer === null || !wouldNavigateAway(event)) return;
      event.preventDefault();
      const isAccepted = acceptsFiles && transfer.types.includes('Files');
      transfer.dropEffect = isAccepted ? 'copy' : 'none';
      setIsDropping(isAccepted);
    };
    const onDrop = (event: DragEvent) => {
      setIsDropping(false);
      if (event.dataTransfer === null || !wouldNavigateAway(event)) return;
      event.preventDefault();
      if (acceptsFiles) void importFiles.current([...event.dataTransfer.files]);
    };
    // Without a related target, the pointer has left the window.
    const onDragLeave = (event: DragEvent) => event.relatedTarget === null && setIsDropping(false);
    addEventListener('dragover', onDragOver);
    addEventListener('drop', onDrop);
    addEventListener('dragleave', onDragLeave);
    return () => {
      removeEventListener('dragover', onDragOver);
      removeEventListener('drop', onDrop);
      removeEventListener('dragleave', onDragLeave);
    };
  }, [acceptsFiles]);

  if (!isDropping) return null;
  return (
    <div className="pointer-events-none fixed inset-0 z-60 flex items-end justify-center p-16 outline-2 outline-accent outline-dashed -outline-offset-8">
      <p className="flex items-center gap-2 rounded-lg border border-accent bg-raised px-4 py-2 font-medium shadow-2">
        <FileDown aria-hidden size={16} className="text-accent" /> Drop it to open the workflow
      </p>
    </div>
  );
}

/** Files anywhere, and links that are not dropped on a text field. */
function wouldNavigateAway({ dataTransfer, target }: DragEvent): boolean {
  const types = dataTransfer?.types ?? [];
  if (types.includes('Files')) return true;
  const isField = target instanceof Element && target.closest('input, textarea') !== null;
  return types.includes('text/uri-list') && !isField;
}
