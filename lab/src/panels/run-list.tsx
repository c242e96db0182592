/**
 * The runs of the workspace, the latest first.
 * @module
 */
import type { RunSummary } from '../sonde.ts';

export interface RunListProps {
  readonly runs: readonly RunSummary[];
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}

export function RunList({ runs, selected, onSelect }: RunListProps) {
  return (
    <nav aria-label="Runs">
      <h2>Runs</h2>
      <ul>
        {runs.map((run) => (
          <li key={run.name}>
            <a
              href={`?run=${encodeURIComponent(run.name)}`}
              aria-current={run.name === selected ? 'page' : undefined}
              onClick={(event) => {
                if (event.metaKey || event.ctrlKey || event.shiftKey) return;
                event.preventDefault();
                onSelect(run.name);
              }}
            >
              {run.id}
            </a>
            <span class="note">
              {run.method}, {run.state}
            </span>
          </li>
        ))}
      </ul>
    </nav>
  );
}
