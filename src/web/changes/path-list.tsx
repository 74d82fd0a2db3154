import { useState } from 'react';
import { Button } from '../design/button.tsx';

const initialCount = 8;

/** A list of paths, which can be expanded if it is long. */
export function PathList({ paths }: { paths: readonly string[] }) {
  const [showsAll, setShowsAll] = useState(paths.length <= initialCount);
  const shown = showsAll ? paths : paths.slice(0, initialCount);
  return (
    <>
      <ul className="font-mono text-sm">
        {shown.map((path) => (
          <li key={path} className="[overflow-wrap:anywhere]">
            {path}
          </li>
        ))}
      </ul>
      {showsAll ? null : (
        <Button size="small" tone="quiet" onClick={() => setShowsAll(true)}>
          Show all {paths.length}
        </Button>
      )}
    </>
  );
}
