/**
 * The lab: its runs at the side, the room in the middle. Which run is shown stands in the address, so a page can be
 * bookmarked and gone back to.
 * @module
 */
import { useEffect, useState } from 'preact/hooks';
import { fetchMethods, fetchRuns } from './api.ts';
import { RunList } from './panels/run-list.tsx';
import { Training } from './rooms/training.tsx';
import { useLiveRun } from './run-stream.ts';
import type { MethodSummary, RunSummary } from './sonde.ts';

const LOOK_FOR_RUNS_MS = 2000;

export function App() {
  const [runs, setRuns] = useState<readonly RunSummary[]>();
  const [methods, setMethods] = useState<readonly MethodSummary[]>([]);
  const [chosen, setChosen] = useState(runInAddress);
  const [problem, setProblem] = useState<string>();

  useEffect(() => {
    const look = () =>
      fetchRuns().then(
        (found) => {
          setRuns(found);
          setProblem(undefined);
        },
        (error: Error) => setProblem(error.message),
      );
    look();
    fetchMethods().then(setMethods, () => undefined);
    const timer = setInterval(look, LOOK_FOR_RUNS_MS);
    const back = () => setChosen(runInAddress());
    addEventListener('popstate', back);
    return () => {
      clearInterval(timer);
      removeEventListener('popstate', back);
    };
  }, []);

  // Once shown a run stays shown, also when a newer one begins.
  const [first, setFirst] = useState<string>();
  if (first === undefined && runs !== undefined && runs.length > 0) setFirst(runs[0].name);
  const selected = chosen ?? first;
  const run = useLiveRun(selected);
  useEffect(() => {
    document.title = run.manifest === undefined ? 'Sonde lab' : `${run.manifest.method.title} · Sonde lab`;
  }, [run.manifest?.method.title]);

  const select = (name: string) => {
    history.pushState(undefined, '', `?run=${encodeURIComponent(name)}`);
    setChosen(name);
  };
  return (
    <>
      <a class="skip" href="#room">
        Skip to the run
      </a>
      <aside>
        <p class="name">Sonde lab</p>
        {runs !== undefined && runs.length > 0 && <RunList runs={runs} selected={selected} onSelect={select} />}
      </aside>
      <main id="room" tabIndex={-1}>
        {selected === undefined ? (
          <Empty known={runs !== undefined} problem={problem} />
        ) : (
          <Training run={run} methods={methods} />
        )}
      </main>
    </>
  );
}

function Empty({ known, problem }: { readonly known: boolean; readonly problem: string | undefined }) {
  if (problem !== undefined) return <p class="bad">The lab’s server does not answer: {problem}</p>;
  return (
    <p>
      {known ? (
        <>
          No run yet. Start one with <code>npx sonde pretrain --method rotation --data FOLDER</code>; it appears here by
          itself.
        </>
      ) : (
        'Looking for runs.'
      )}
    </p>
  );
}

function runInAddress(): string | undefined {
  return new URLSearchParams(location.search).get('run') ?? undefined;
}
