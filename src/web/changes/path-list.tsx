import { useState } from 'react';
import { Button } from '../design/button.tsx';

const mostAtFirst = 8;

/** Paths below each other; of very many, the first ones until someone wants all. */
export function PathList({ paths }: { paths: readonly string[] }) {
  const [isWhole, setIsWhole] = useState(paths.length <= mostAtFirst);
  const shown = isWhole ? paths : paths.slice(0, mostAtFirst);
  return (
    <>
      <ul className="font-mono text-sm">
        {shown.map((path) => (
          <li key={path} className="[overflow-wrap:anywhere]">
            {path}
          </li>
        ))}
      </ul>
      {isWhole ? null : (
        <Button size="small" tone="quiet" onClick={() => setIsWhole(true)}>
          Show all {paths.length}
        </Button>
      )}
    </>
  );
}
